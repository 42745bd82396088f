"""A pull request goes in, a proved review comes out: fetch, parse, detect, plan, verify, publish.

Knows the port, never a host; knows no queue, no database and no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from remediations.model import Profile, Severity

from .change import Change, Repository, read_change
from .conversation import fixed_in, here_again
from .ended import Ended
from .engine import Engine, EngineAway, EngineStopped, Judgement, Texts
from .forge.errors import ForgeError, RateLimited, Unreachable
from .forge.port import Check, Conclusion, Forge, Limits, PullRef, PullRequest, Thread
from .repo_config import NAME, ConfigError, RepoConfig
from .review import CHECK_NAME, Review, compose, fold, refuse
from .stages import at_head, stage
from .terms import Terms, config_for, config_of_base, proposed_by

COULD_NOT: Final = "Could not review"
"""The title of a check that judges nothing."""
_CLOSED: Final = ("Closed", "It was closed before its review was done.")
_SUPERSEDED: Final = ("Superseded", "A newer run has taken over; its own check has the verdict.")


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What stays the same from one pull request to the next."""

    engine: Engine
    profile: Profile
    config: RepoConfig | None = None
    """In place of what the base branch says."""
    fail_on: Severity | None = None
    """Wins over what the repository says."""
    docs_url: str = ""
    """Where people reach the pages of rules; empty where they do not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run. ``posted`` counts the comments that the forge really kept."""

    ended: Ended
    pull: PullRequest
    judgement: Judgement | None = None
    review: Review | None = None
    posted: int = 0
    looked: Looked | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A change as it was judged, on which terms, and the threads that stood on it before."""

    change: Change
    threads: tuple[Thread, ...]
    judgement: Judgement
    profile: Profile


@dataclass(frozen=True, slots=True)
class Run:
    """What a run is called.

    ``check`` names the check that it concludes, so that one started again after a crash finds it;
    ``id`` the check that it leaves where there is nothing to conclude. ``is_first`` is True where
    no run can have made that check before.
    """

    id: str
    check: str
    is_first: bool = False

    @classmethod
    def alone(cls, id: str, *, is_first: bool = False) -> Run:
        """One that nobody starts again under another name."""
        return cls(f"{id}-left", id, is_first)


def review(
    forge: Forge,
    ref: PullRef,
    reviewer: Reviewer,
    run: Run,
    is_current: Callable[[], bool] = lambda: True,
    note: Callable[[Outcome], None] = lambda _: None,
    *,
    is_done: Callable[[PullRequest], bool] = lambda _: False,
) -> Outcome:
    """Review the pull request as it stands now and say so on the forge, once.

    ``is_current`` is asked right before anything is posted, on a head that still stands, and
    ``note`` is told what that will be. Where it ``is_done``, nothing is. Raises ``ForgeError``,
    ``EngineStopped`` and ``EngineAway``.
    """
    pull = forge.pull_request(ref)
    at_head(pull.head_sha)
    if not pull.is_open:
        return Outcome(Ended.CLOSED, pull)
    if is_done(pull):
        return Outcome(Ended.KNOWN, pull)
    running = Check(CHECK_NAME, pull.head_sha, run.check, "Reviewing", "Reading the change.")
    left = replace(running, external_id=run.id)
    with stage("check"):
        forge.ensure_check(ref.repository, replace(running, is_first=run.is_first))
    with stage("fetch"):
        change, threads = read_change(forge, pull), forge.threads(pull)
    judgement, composed = reviewed(forge, change, reviewer, threads, forge.limits)
    now = forge.pull_request(ref)
    if not now.is_open:
        forge.ensure_check(ref.repository, _cancelled(left, *_CLOSED))
        return Outcome(Ended.CLOSED, now, judgement)
    if now.head_sha != pull.head_sha or not is_current():
        forge.ensure_check(ref.repository, _cancelled(left, *_SUPERSEDED))
        return Outcome(Ended.SUPERSEDED, pull, judgement)
    terms = composed.digest.profile if composed.digest else reviewer.profile
    looked = Looked(change, threads, judgement, terms) if judgement else None
    outcome = Outcome(Ended.REVIEWED, pull, judgement, composed, 0, looked)
    note(outcome)
    with stage("publish"):
        said = publish(forge, change, composed, run.check)
    return replace(outcome, review=said, posted=len(said.comments))


def look(
    forge: Repository, pull: PullRequest, reviewer: Reviewer, threads: tuple[Thread, ...]
) -> Looked:
    """Judge a head and say nothing, for the records. Raises as ``review``, and ``ConfigError``."""
    change = read_change(forge, pull)
    profile = agree(forge, change, reviewer).profile
    return Looked(change, threads, reviewer.engine.judge(texts_of(change), profile), profile)


def reviewed(
    forge: Repository,
    change: Change,
    reviewer: Reviewer,
    threads: tuple[Thread, ...],
    limits: Limits,
) -> tuple[Judgement | None, Review]:
    """What is to be said of a change; nothing is judged where the configuration is unusable."""
    proposed = proposed_by(forge, change, reviewer.engine)
    try:
        terms = replace(agree(forge, change, reviewer), proposed=proposed)
    except ConfigError as error:
        return None, refuse(change, error.problems, proposed, limits)
    with stage("judge"):
        judgement = reviewer.engine.judge(texts_of(change), terms.profile)
    composed = compose(
        change=change,
        head=judgement.head,
        base=judgement.base,
        plan=judgement.plan,
        threads=threads,
        terms=terms,
        limits=limits,
        docs_url=reviewer.docs_url,
    )
    return judgement, composed


def agree(forge: Repository, change: Change, reviewer: Reviewer) -> Terms:
    """How a change is to be judged. Raises ``ConfigError`` where the base branch's file is bad."""
    config = reviewer.config
    if config is None:
        config = config_for(forge, change, reviewer.engine)
    return Terms(config.profile(reviewer.profile, reviewer.fail_on), config)


def texts_of(change: Change) -> Texts:
    """What the engine has to know of a change."""
    return Texts(change.base, change.head, change.skipped, change.directories)


def publish(forge: Forge, change: Change, composed: Review, check_id: str) -> Review:
    """Comments, threads, summary, and the conclusion as the last write; what was said in the end.

    What the forge keeps is read back: a comment that it lost is told in the summary and the check.
    """
    pull = change.pull
    if composed.comments:
        kept = forge.post_review(pull, "", composed.comments)
        lost = tuple(one for one in composed.comments if one not in kept)
        composed = fold(composed, lost, change, forge.limits)
    for thread in composed.resolved:
        forge.resolve_thread(thread, fixed_in(pull.head_sha))
    for thread in composed.reopened:
        forge.reopen_thread(thread, here_again(pull.head_sha))
    forge.ensure_summary(pull, composed.summary, begins=not composed.is_quiet)
    forge.ensure_check(
        pull.ref.repository,
        replace(composed.check, name=CHECK_NAME, head_sha=pull.head_sha, external_id=check_id),
    )
    return composed


def say_when(forge: Forge, ref: PullRef, check_id: str, at: float) -> None:
    """On the check: what has been found is said later, and why. ``at`` is a time."""
    pull = forge.pull_request(ref)
    when = datetime.fromtimestamp(at, UTC).strftime("%H:%M UTC")
    said = (
        "The change was read. What there is to say has to wait, as the host limits how much a bot "
        f"may write in an hour; this goes on by itself at about {when}."
    )
    check = Check(CHECK_NAME, pull.head_sha, check_id, "Waiting for the host's limit", said)
    forge.ensure_check(ref.repository, check)


def could_not_review(
    forge: Forge, ref: PullRef, reviewer: Reviewer, run_id: str, reason: str
) -> Outcome:
    """Conclude the check where a run had to give up. It never looks like a pass."""
    pull = forge.pull_request(ref)
    conclusion = _after_error(forge, pull, reviewer)
    has_check = forge.limits.has_check_runs
    again = forge.limits.vocabulary.again
    said = f"{reason}\n\nNothing was judged. To try again, {again} `/lockstitch recheck`."
    if conclusion is Conclusion.NEUTRAL:
        said += f"\n\n`{NAME}` says `on_error: neutral`, so this does not hold the change up."
    check = Check(CHECK_NAME, pull.head_sha, run_id, COULD_NOT, said, conclusion=conclusion)
    if not has_check:  # a status has one line only
        forge.ensure_summary(pull, f"### Lockstitch: could not review\n\n{said}", begins=True)
    forge.ensure_check(ref.repository, check)
    return Outcome(Ended.GIVEN_UP, pull)


def _after_error(forge: Forge, pull: PullRequest, reviewer: Reviewer) -> Conclusion:
    """What the base branch wants then; a failure where not even that can be read.

    A host that is away or asks to wait is no answer: the caller tries again.
    """
    if reviewer.config is not None:
        return reviewer.config.on_error
    try:
        return config_of_base(forge, pull, reviewer.engine).on_error
    except (Unreachable, RateLimited):
        raise
    except (ConfigError, ForgeError, EngineStopped, EngineAway):
        return Conclusion.FAILURE


def _cancelled(running: Check, title: str, summary: str) -> Check:
    return replace(running, title=title, summary=summary, conclusion=Conclusion.CANCELLED)
