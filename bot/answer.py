"""Carries out what a person asked for in a comment or with a button, and says what became of it.

Commits only what is proved on the head as it stands now. Knows the port, never a host.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from remediations.detect import detect
from remediations.model import Edit, Finding, Report, Safety
from remediations.plan import combine
from remediations.rule import page

from .change import read_change
from .commands import Command, Verb
from .diff import unified
from .forge.errors import HeadMoved
from .forge.port import Forge, PullRef, PullRequest, Thread
from .markdown import fenced
from .pipeline import Judgement, Reviewer, judge
from .review import fingerprints

HELP: Final = """\
What I can do here:

- `/lockstitch fix` commits every fix that is safe: in place, only stricter.
- `/lockstitch fix <rule>` commits the safe fixes of one rule.
- Reply *fix* in a thread to commit its fix; *fix replace* where it recreates a resource.
- `/lockstitch recheck` reviews the head again.
- `/lockstitch explain <rule>` shows a rule's page.
"""
NOT_ALLOWED: Final = "Only people who may push to this repository can ask for that."
CLOSED: Final = "This pull request is closed, so nothing was written."
HEAD_MOVED: Final = (
    "Somebody pushed meanwhile, so nothing was written. The new head is being reviewed."
)
NOTHING: Final = "There is nothing to commit: no proved fix of that kind is open on this head."
READ_ONLY: Final = "The head branch cannot be written from here. This is the patch:"
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


class Answered(Enum):
    """What the caller has to know: ``REVIEW_AGAIN`` asks for a new run."""

    SAID = "said"
    COMMITTED = "committed"
    REVIEW_AGAIN = "review again"


def answer(forge: Forge, asked: Asked, reviewer: Reviewer) -> Answered:
    """Do what was asked, or say kindly why not. Raises ``ForgeError``."""
    pull = forge.pull_request(asked.ref)
    if asked.comment_id is not None:
        inline = asked.thread_root is not None
        forge.acknowledge(pull, asked.comment_id, inline=inline)
    if asked.command.verb is Verb.HELP:
        return _say(forge, pull, asked, HELP)
    if asked.command.verb is Verb.EXPLAIN:
        return _say(forge, pull, asked, _explain(asked.command.rule or ""))
    if not forge.may_write(asked.ref.repository, asked.login):
        return _say(forge, pull, asked, NOT_ALLOWED)
    if not pull.is_open:
        return _say(forge, pull, asked, CLOSED)
    if asked.command.verb is Verb.RECHECK:
        return Answered.REVIEW_AGAIN
    return _fix(forge, pull, asked, reviewer)


def _fix(forge: Forge, pull: PullRequest, asked: Asked, reviewer: Reviewer) -> Answered:
    judgement = judge(read_change(forge, pull), reviewer)
    wanted = _wanted(forge, pull, asked, judgement)
    edits = combine(judgement.codebase, wanted, reviewer.profile, up_to=asked.command.up_to)
    if not edits:
        return _say(forge, pull, asked, _why_nothing(judgement, wanted, asked.command.up_to))
    fixed = judgement.codebase.with_edits(edits)
    if not pull.head_is_writable:
        return _say(forge, pull, asked, f"{READ_ONLY}\n\n{_patch(judgement, edits)}")
    closed = _closed(wanted, detect(fixed, reviewer.profile))
    files = {path: fixed.bytes_of(path) for path in sorted({edit.path for edit in edits})}
    try:
        forge.commit_files(pull, commit_message(closed, asked.login), files)
    except HeadMoved:
        _say(forge, pull, asked, HEAD_MOVED)
        return Answered.REVIEW_AGAIN
    return Answered.COMMITTED


def commit_message(closed: tuple[Finding, ...], login: str) -> str:
    """One headline, one line per finding, and who asked."""
    count = len(closed)
    headline = f"Fix {closed[0].rule}" if count == 1 else f"Fix {count} findings"
    lines = [f"- {finding.rule}: {finding.address}" for finding in closed]
    return "\n".join([headline, "", *lines, "", f"Requested-by: {login}"])


def _wanted(
    forge: Forge, pull: PullRequest, asked: Asked, judgement: Judgement
) -> tuple[Finding, ...]:
    findings = judgement.new.findings
    if asked.command.thread_only:
        thread = _thread(forge.threads(pull), asked.thread_root)
        meant = set(fingerprints(thread.body)) if thread else set()
        return tuple(finding for finding in findings if finding.fingerprint in meant)
    if asked.command.rule is not None:
        return tuple(finding for finding in findings if finding.rule == asked.command.rule)
    return findings


def _thread(threads: tuple[Thread, ...], root: int | None) -> Thread | None:
    return next((thread for thread in threads if thread.comment_id == root), None)


def _why_nothing(judgement: Judgement, wanted: tuple[Finding, ...], up_to: Safety) -> str:
    meant = {finding.fingerprint for finding in wanted}
    for fix in judgement.plan.fixes:
        if meant & {f.fingerprint for f in fix.findings} and fix.safety.rank > up_to.rank:
            return NEEDS_REPLACE if fix.safety is Safety.REPLACE else NOTHING
    for refusal in judgement.plan.refusals:
        if refusal.finding.fingerprint in meant:
            return f"{NOTHING} {refusal.reason}"
    return NOTHING


def _closed(wanted: tuple[Finding, ...], after: Report) -> tuple[Finding, ...]:
    left = {finding.fingerprint for finding in after.findings}
    return tuple(finding for finding in wanted if finding.fingerprint not in left)


def _patch(judgement: Judgement, edits: tuple[Edit, ...]) -> str:
    before, after = judgement.codebase, judgement.codebase.with_edits(edits)
    parts = []
    for path in sorted({edit.path for edit in edits}):
        known = before.documents.get(path)
        old = known.source.text if known else None
        parts.append(unified(old, after.documents[path].source.text, path))
    return str(fenced("".join(parts), "diff"))


def _explain(rule: str) -> str:
    try:
        return page(rule)
    except LookupError:
        return f"There is no rule called `{rule}`.\n\n{HELP}"


def _say(forge: Forge, pull: PullRequest, asked: Asked, words: str) -> Answered:
    forge.answer(pull, asked.thread_root, words)
    return Answered.SAID
