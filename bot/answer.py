"""Carries out what a person asked for in a comment or with a button, and says what became of it.

Commits only what is proved on the head as it stands now. Knows the port, never a host.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from typing import Final

from remediations.model import Finding, Safety
from remediations.rule import page

from . import words
from .change import read_change
from .commands import Command, Verb
from .engine import Judgement, Repair, Wanted
from .forge.errors import Gone, HeadMoved, Refused, Rejected
from .forge.marks import as_answer
from .forge.port import Forge, PullRef, PullRequest, Thread
from .markdown import fenced, prose, visible
from .pipeline import Reviewer, agree, texts_of
from .redaction import redacted
from .repo_config import ConfigError
from .review import fingerprints

_LOG: Final = logging.getLogger(__name__)
HELP: Final = """\
What I can do here:

- `/lockstitch fix` commits every fix that is safe: in place, only stricter.
- `/lockstitch fix <rule>` commits the safe fixes of one rule.
- `/lockstitch fix <link to a comment of mine>` commits the fix of that comment.
- Reply *fix* in a thread to commit its fix; *fix replace* where it recreates a resource.
- `/lockstitch recheck` reviews the head again.
- `/lockstitch explain <rule>` shows a rule's page.
"""
NOT_ALLOWED: Final = (
    "Only people who may push to this repository can ask for that. "
    "`/lockstitch explain` and `/lockstitch help` are for everybody."
)
CLOSED: Final = "This {change} is closed, so nothing was written."
HEAD_MOVED: Final = (
    "Somebody pushed meanwhile, so nothing was written. The new head is being reviewed."
)
NOTHING: Final = "There is nothing to commit: no proved fix of that kind is open on this head."
READ_ONLY: Final = "The head branch cannot be written from here. This is the patch:"
PROPOSED: Final = (
    "The head branch takes no commits from here, so the fix is a {change} against it: {url}"
)
PROPOSED_BODY: Final = "Fixes for {sign}{number}, asked for by {login}. Merge it to take them."
TOO_LONG: Final = (
    "The head branch cannot be written from here, and the patch is too long for a comment. "
    "Run `lockstitch fix --write` on a checkout to get it."
)
_KEPT: Final = "\n\t\r"
_ROOM_FOR_MARKER: Final = 200
NOT_DONE: Final = "I could not do that, and I have stopped trying."
NEEDS_REPLACE: Final = (
    "This fix destroys a resource and creates it again. Reply *fix replace* if that is meant."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for what, and where. ``thread_root`` is the first comment of an inline thread."""

    ref: PullRef
    command: Command
    login: str
    comment_id: int | None = None
    thread_root: int | None = None
    key: str = ""
    """The same for every attempt, so that an answer is given once."""
    is_greeted: bool = False
    """Whether the comment has its reaction already."""


class Answered(Enum):
    """What the caller has to know: ``REVIEW_AGAIN`` asks for a new run."""

    SAID = "said"
    COMMITTED = "committed"
    REVIEW_AGAIN = "review again"


def answer(forge: Forge, asked: Asked, reviewer: Reviewer) -> Answered:
    """Do what was asked, or say kindly why not.

    Raises ``ForgeError``, ``EngineStopped`` and ``EngineAway``.
    """
    if asked.comment_id is not None and not asked.is_greeted:
        forge.acknowledge(asked.ref, asked.comment_id, inline=asked.thread_root is not None)
    pull = forge.pull_request(asked.ref)
    if asked.command.verb is Verb.HELP:
        return _say(forge, pull, asked, HELP)
    if asked.command.verb is Verb.EXPLAIN:
        return _say(forge, pull, asked, _explain(asked.command.rule or ""))
    if not forge.may_write(asked.ref.repository, asked.login):
        return _say(forge, pull, asked, NOT_ALLOWED)
    if not pull.is_open:
        return _say(forge, pull, asked, CLOSED.format(change=forge.limits.vocabulary.change))
    if asked.command.verb is Verb.RECHECK:
        return Answered.REVIEW_AGAIN
    return _fix(forge, pull, asked, reviewer)


def could_not_answer(forge: Forge, asked: Asked, reason: str) -> None:
    """Tell who asked that it came to nothing. Raises ``ForgeError``."""
    _say(forge, forge.pull_request(asked.ref), asked, f"{NOT_DONE} {prose(reason)}")


def _fix(forge: Forge, pull: PullRequest, asked: Asked, reviewer: Reviewer) -> Answered:
    wanted = _wanted(forge, pull, asked)
    change = read_change(forge, pull)
    try:
        terms = agree(forge, change, reviewer)
    except ConfigError as error:
        said = words.unusable(error.problems, pull.base_ref, vocabulary=forge.limits.vocabulary)
        return _say(forge, pull, asked, said)
    repair = reviewer.engine.repair(texts_of(change), terms.profile, wanted)
    if not repair.files:
        reason = _why_nothing(repair.judgement, repair.wanted, wanted.up_to)
        return _say(forge, pull, asked, reason)
    try:
        if pull.head_is_writable and pull.head_repository is not None:
            forge.commit_files(pull, commit_message(repair.closed, asked.login), repair.files)
            return Answered.COMMITTED
    except HeadMoved:
        _say(forge, pull, asked, HEAD_MOVED)
        return Answered.REVIEW_AGAIN
    except (Refused, Rejected, Gone) as error:
        _LOG.warning("no commit pull=%s reason=%s", pull.ref, error)
    return _say(forge, pull, asked, _otherwise(forge, pull, asked, repair))


def _otherwise(forge: Forge, pull: PullRequest, asked: Asked, repair: Repair) -> str:
    """What to say where the branch takes no commit: a pull request against it, or the patch."""
    if pull.head_repository == asked.ref.repository:
        called = forge.limits.vocabulary
        body = PROPOSED_BODY.format(
            sign=called.sign, number=pull.ref.number, login=prose(asked.login)
        )
        message = commit_message(repair.closed, asked.login)
        try:
            url = forge.propose_files(pull, message, repair.files or {}, body)
            return PROPOSED.format(change=called.change, url=url)
        except (Refused, Rejected, Gone) as error:
            _LOG.warning("no proposal pull=%s reason=%s", pull.ref, error)
    said = f"{READ_ONLY}\n\n{fenced(visible(redacted(repair.patch), keep=_KEPT), 'diff')}"
    longest = forge.limits.comment_characters - _ROOM_FOR_MARKER
    return said if len(said) <= longest else TOO_LONG


def commit_message(closed: tuple[Finding, ...], login: str) -> str:
    """One headline, one line per finding, and who asked."""
    count = len(closed)
    headline = f"Fix {closed[0].rule}" if count == 1 else f"Fix {count} findings"
    lines = [f"- {finding.rule}: {finding.address}" for finding in closed]
    return "\n".join([headline, "", *lines, "", f"Requested-by: {login}"])


def _wanted(forge: Forge, pull: PullRequest, asked: Asked) -> Wanted:
    command = asked.command
    if not command.thread_only:
        return Wanted(command.up_to, rule=command.rule)
    root = command.comment or asked.thread_root
    thread = _thread(forge.threads(pull), root)
    return Wanted(command.up_to, frozenset(fingerprints(thread.body) if thread else ()))


def _thread(threads: tuple[Thread, ...], root: int | None) -> Thread | None:
    """The one that a link or a reply means."""
    if root is None:
        return None
    return next((one for one in threads if root in (one.comment_id, one.linked_as)), None)


def _why_nothing(judgement: Judgement, wanted: tuple[Finding, ...], up_to: Safety) -> str:
    meant = {finding.fingerprint for finding in wanted}
    for fix in judgement.plan.fixes:
        if meant & {f.fingerprint for f in fix.findings} and fix.safety.rank > up_to.rank:
            return NEEDS_REPLACE if fix.safety is Safety.REPLACE else NOTHING
    for refusal in judgement.plan.refusals:
        if refusal.finding.fingerprint in meant:
            return f"{NOTHING} {refusal.reason}"
    return NOTHING


def _explain(rule: str) -> str:
    try:
        return page(rule)
    except LookupError:
        return f"There is no rule called `{rule}`.\n\n{HELP}"


def _say(forge: Forge, pull: PullRequest, asked: Asked, words: str) -> Answered:
    forge.answer(pull, asked.thread_root, as_answer(words, asked.key))
    return Answered.SAID
