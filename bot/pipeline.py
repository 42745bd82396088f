"""A pull request goes in, a proved review comes out: fetch, parse, detect, plan, verify, publish.

Knows the port, never a host; knows no queue, no database and no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from remediations.model import Profile

from .change import Change, read_change
from .engine import Engine, Judgement, Texts
from .forge.port import Check, Conclusion, Forge, PullRef, PullRequest
from .review import CHECK_NAME, Review, compose


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What stays the same from one pull request to the next."""

    engine: Engine
    profile: Profile


class Ended(Enum):
    """How a run came to its end."""

    REVIEWED = "reviewed"
    CLOSED = "closed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run. ``posted`` counts the comments that the forge really kept."""

    ended: Ended
    pull: PullRequest
    judgement: Judgement | None = None
    review: Review | None = None
    posted: int = 0


def review(
    forge: Forge,
    ref: PullRef,
    reviewer: Reviewer,
    run_id: str,
    is_current: Callable[[], bool] = lambda: True,
) -> Outcome:
    """Review the pull request as it stands now and say so on the forge, once.

    ``run_id`` names the run, so that one started again after a crash finds its own check.
    ``is_current`` is asked right before anything is posted. Raises ``ForgeError``,
    ``EngineStopped`` and ``EngineAway``.
    """
    pull = forge.pull_request(ref)
    if not pull.is_open:
        return Outcome(Ended.CLOSED, pull)
    running = Check(CHECK_NAME, pull.head_sha, run_id, "Reviewing", "Reading the change.")
    forge.ensure_check(ref.repository, running)
    change = read_change(forge, pull)
    judgement = judge(change, reviewer)
    composed = compose(
        change=change,
        head=judgement.head,
        base=judgement.base,
        plan=judgement.plan,
        threads=forge.threads(pull),
        profile=reviewer.profile,
        limits=forge.limits,
    )
    if not is_current() or _has_moved(forge, pull):
        forge.ensure_check(ref.repository, _superseded(running))
        return Outcome(Ended.SUPERSEDED, pull, judgement)
    posted = publish(forge, pull, composed, run_id)
    return Outcome(Ended.REVIEWED, pull, judgement, composed, posted)


def judge(change: Change, reviewer: Reviewer) -> Judgement:
    """Findings at the merge base and at the head, and proved fixes for those that are new."""
    return reviewer.engine.judge(texts_of(change), reviewer.profile)


def texts_of(change: Change) -> Texts:
    """What the engine has to know of a change."""
    return Texts(change.base, change.head, change.skipped, change.directories)


def publish(forge: Forge, pull: PullRequest, composed: Review, run_id: str) -> int:
    """Comments, resolved threads, summary, and the conclusion as the last write."""
    posted = 0
    if composed.comments:
        posted = forge.post_review(pull, "", composed.comments)
    for thread in composed.resolved:
        forge.resolve_thread(thread, "Fixed.")
    forge.ensure_summary(pull, composed.summary, begins=not composed.is_quiet)
    forge.ensure_check(
        pull.ref.repository,
        replace(composed.check, name=CHECK_NAME, head_sha=pull.head_sha, external_id=run_id),
    )
    return posted


def could_not_review(forge: Forge, ref: PullRef, run_id: str, reason: str) -> None:
    """Conclude the check where a run had to give up. It never looks like a pass."""
    pull = forge.pull_request(ref)
    check = Check(
        CHECK_NAME,
        pull.head_sha,
        run_id,
        "Could not review",
        f"{reason}\n\nNothing was judged. Use *Re-run* or comment `/lockstitch recheck`.",
        conclusion=Conclusion.FAILURE,
    )
    forge.ensure_check(ref.repository, check)


def _has_moved(forge: Forge, pull: PullRequest) -> bool:
    now = forge.pull_request(pull.ref)
    return not now.is_open or now.head_sha != pull.head_sha


def _superseded(running: Check) -> Check:
    return replace(
        running,
        title="Superseded",
        summary="A newer commit arrived; its own check has the verdict.",
        conclusion=Conclusion.CANCELLED,
    )
