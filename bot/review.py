"""Composes the review of a change: comments, summary, check, and the threads that are settled.

Pure: findings, plan and threads in, a ``Review`` out. Posts nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from posixpath import dirname
from typing import Final

from remediations.comparison import new_findings, old_findings
from remediations.glob import covered
from remediations.model import Finding, NotAnalysed, Plan, Profile, Report, Severity
from remediations.other_clouds import is_of_other_cloud

from . import words
from .bounds import is_ordinary
from .change import Change
from .commands import FIX_SAFE_BUTTON
from .conversation import Conversation, fingerprints, offer_of
from .forge.marks import SUMMARY
from .forge.port import Action, Annotation, Check, Comment, Conclusion, Limits, Thread
from .markdown import prose
from .remarks import Offer, Remark, gather, place_all, together, with_environments
from .repo_config import NAME, Problem
from .terms import Proposed, Terms
from .verdict import Verdict, fails, verdict

__all__ = ["CHECK_NAME", "Review", "compose", "fingerprints", "fold", "offer_of", "refuse"]

CHECK_NAME: Final = "lockstitch"
FIX_ALL: Final = Action(FIX_SAFE_BUTTON, "Fix all safe", "Commit every fix that is safe")

_TITLE_LIMIT: Final = 255


@dataclass(frozen=True, slots=True)
class Review:
    """What to say on the forge. ``resolved`` are the threads whose findings are all gone.

    ``is_quiet`` is True where there is nothing that deserves a summary comment of its own: keep
    one that is there up to date, but do not begin one.
    """

    comments: tuple[Comment, ...]
    summary: str
    check: Check
    resolved: tuple[Thread, ...]
    verdict: Verdict
    is_quiet: bool
    remarks: tuple[Remark, ...] = ()
    """Every new finding as a person now finds it, with the offer that really stands."""
    reopened: tuple[Thread, ...] = ()
    """Threads that this bot had settled and whose findings are here again."""
    digest: words.Digest | None = None


def compose(
    change: Change,
    head: Report,
    base: Report,
    plan: Plan,
    threads: tuple[Thread, ...],
    terms: Terms,
    limits: Limits,
    docs_url: str = "",
) -> Review:
    """The review of what this change brought: findings at its head that its base does not have.

    A finding that stands in a thread already, resolved or not, is not commented on again; it
    still counts. At most ``limits.comments_per_review`` comments; the others become annotations
    and are named in the summary.
    """
    new = new_findings(head, base)
    left_out = terms.profile.exclude
    shown_files = tuple(file for file in change.files if not covered(file.path, left_out))
    remarks = gather(new, plan)
    if head.environments - {terms.profile.environment}:
        remarks = with_environments(remarks)
    judged = replace(change, files=shown_files)
    placed = place_all(remarks, judged, limits.suggestion_lines_beyond_hunk)
    groups = together(placed, change)
    remarks = [remark for group in groups for remark in group]
    talk = Conversation.of(threads, head.findings, change.head)
    room = 0 if change.pull.is_draft else limits.comments_per_review - talk.open_count
    comments, folded = _comments(groups, talk.said, change, limits, room, docs_url)
    shown = _shown(remarks, talk.said, {mark for c in comments for mark in fingerprints(c.body)})
    missing = could_not_look(change, head, base)
    not_analysed = tuple(item for item in missing if not covered(item.path, left_out))
    gaps = [item for item in not_analysed if not is_of_other_cloud(item)]
    digest = words.Digest(
        verdict=verdict(new, not_analysed, terms.profile),
        profile=terms.profile,
        remarks=tuple(shown),
        folded=folded,
        not_analysed=not_analysed,
        old=old_findings(head, base),
        can_commit=change.pull.head_is_writable,
        is_empty=not (change.head or change.base or any(i.blocking for i in not_analysed)),
        excluded=sum(covered(path, left_out) for path in _paths(change)),
        is_lenient=terms.config.on_unparsed is Conclusion.NEUTRAL,
        proposed=terms.proposed,
        environments=tuple(sorted(head.environments)),
        vocabulary=limits.vocabulary,
        is_draft=change.pull.is_draft,
    )
    return Review(
        comments=comments,
        summary=_summary(digest, limits),
        check=_check(digest, change, limits),
        resolved=tuple(talk.settled(head.findings, not_analysed)),
        verdict=digest.verdict,
        is_quiet=change.pull.is_draft or not (remarks or gaps or threads or terms.proposed),
        remarks=digest.remarks,
        reopened=tuple(talk.returned(new)),
        digest=digest,
    )


def fold(review: Review, lost: Collection[Comment], change: Change, limits: Limits) -> Review:
    """The review where the forge did not keep some comments: what they said is folded instead."""
    marks = {mark for comment in lost for mark in fingerprints(comment.body)}
    if not marks or review.digest is None:
        return review
    remarks = tuple(_unsaid(one, marks) for one in review.remarks)
    unsaid = (one for one in remarks if not marks.isdisjoint(one.fingerprints))
    digest = replace(review.digest, remarks=remarks, folded=(*review.digest.folded, *unsaid))
    return replace(
        review,
        comments=tuple(one for one in review.comments if one not in lost),
        summary=_summary(digest, limits),
        check=_check(digest, change, limits),
        remarks=remarks,
        digest=digest,
    )


def _unsaid(remark: Remark, marks: set[str]) -> Remark:
    if marks.isdisjoint(remark.fingerprints):
        return remark
    return replace(remark, has_thread=False, offer=Offer.COMMIT if remark.fix else Offer.ADVICE)


def _paths(change: Change) -> frozenset[str]:
    return frozenset((*change.head, *(item.path for item in change.skipped)))


def refuse(
    change: Change, problems: tuple[Problem, ...], proposed: Proposed | None, limits: Limits
) -> Review:
    """The review where the base branch's file cannot be used: nothing is judged or settled."""
    said = words.unusable(problems, change.pull.base_ref, proposed, limits.vocabulary)
    title = f"Could not review: {NAME} cannot be used"
    check = Check(
        name=CHECK_NAME,
        head_sha=change.pull.head_sha,
        external_id="",
        title=title,
        summary=said[: limits.check_characters],
        conclusion=Conclusion.FAILURE,
    )
    summary = f"{SUMMARY}\n### Lockstitch: could not review\n\n{said}"
    return Review(
        comments=(),
        summary=summary[: limits.comment_characters],
        check=check,
        resolved=(),
        verdict=Verdict.COULD_NOT_REVIEW,
        is_quiet=proposed is None,
    )


def could_not_look(change: Change, head: Report, base: Report) -> tuple[NotAnalysed, ...]:
    """Everything that was not looked at. What was so at the base and is not touched is a note."""
    known = {(item.path, item.rule) for item in base.not_analysed}
    found: dict[tuple[str, str, str], NotAnalysed] = {}
    noted = (item for item in change.skipped if dirname(item.path) in change.directories)
    for item in (*noted, *head.not_analysed):
        is_old = (item.path, item.rule) in known and (item.rule or item.path not in change.touched)
        settled = replace(item, blocking=False) if is_old else item
        found.setdefault((item.path, item.rule, item.reason), settled)
    return tuple(sorted(found.values(), key=lambda item: (item.path, item.line, item.rule)))


def _shown(
    remarks: Iterable[Remark], said: Mapping[str, str], posted: Collection[str]
) -> Iterator[Remark]:
    """Remarks as a person finds them: a suggestion only where one was or is now posted."""
    for remark in remarks:
        marks = set(remark.fingerprints)
        has_suggestion = not marks.isdisjoint(posted) or all(
            said.get(mark) == Offer.SUGGESTION.value for mark in marks
        )
        is_suggested = remark.offer is Offer.SUGGESTION and has_suggestion
        yield replace(
            remark,
            has_thread=marks <= {*said, *posted},
            offer=remark.offer if is_suggested or remark.fix is None else Offer.COMMIT,
        )


def marker(remarks: Iterable[Remark]) -> str:
    """The hidden last line of a comment; it offers what its first remark does."""
    told = tuple(remarks)
    marks = " ".join(mark for remark in told for mark in remark.fingerprints)
    return f"<!-- lockstitch:finding {marks} offer={told[0].offer.value} -->"


def _comments(
    groups: Iterable[tuple[Remark, ...]],
    said: Collection[str],
    change: Change,
    limits: Limits,
    room: int,
    docs_url: str,
) -> tuple[tuple[Comment, ...], tuple[Remark, ...]]:
    """Comments in the order of the files, the worst chosen first; and what they do not carry."""
    left = (tuple(filter(None, (one.without(said) for one in group))) for group in groups)
    comments: list[Comment] = []
    folded: list[Remark] = []
    for group in sorted(filter(None, left), key=lambda group: min(map(_urgency, group))):
        made = _whole_or_parts(group, change, limits, docs_url)
        if made is None or len(comments) + len(made) > room:
            folded += (
                replace(one, offer=Offer.COMMIT if one.fix else Offer.ADVICE) for one in group
            )
        else:
            comments += made
    comments.sort(key=lambda comment: (comment.path, comment.line, comment.start_line))
    return tuple(comments), tuple(folded)


def _urgency(remark: Remark) -> tuple[bool, int]:
    return not remark.first.is_known, -remark.severity.rank


def _whole_or_parts(
    group: tuple[Remark, ...], change: Change, limits: Limits, docs_url: str
) -> list[Comment] | None:
    """One comment for all of them; one for each where that grows too long."""
    whole = _comment(group, change, limits, docs_url)
    if whole is not None:
        return [whole]
    parts = [_comment((one,), change, limits, docs_url) for one in group]
    return None if None in parts else [part for part in parts if part is not None]


def _comment(
    group: tuple[Remark, ...], change: Change, limits: Limits, docs_url: str
) -> Comment | None:
    anchor = group[0].anchor
    if anchor is None:
        return None
    body = words.comment(
        group,
        marker(group),
        limits.comment_characters,
        can_commit=change.pull.head_is_writable,
        docs_url=docs_url,
    )
    if not body:
        return None
    return Comment(anchor.path, anchor.start_line, anchor.line, body)


def _summary(digest: words.Digest, limits: Limits) -> str:
    heading = f"{SUMMARY}\n### Lockstitch: {words.headline(digest)}\n\n"
    room = limits.comment_characters - len(heading)
    told = words.summary(digest, room)
    return heading + (told if limits.has_check_runs else words.with_details(digest, told, room))


def _check(digest: words.Digest, change: Change, limits: Limits) -> Check:
    has_button = bool(digest.safe) and digest.can_commit
    return Check(
        name=CHECK_NAME,
        head_sha=change.pull.head_sha,
        external_id="",
        title=words.headline(digest),
        summary=words.summary(digest, limits.check_characters),
        text=words.details(digest, limits.check_characters),
        conclusion=_conclusion(digest),
        annotations=tuple(_annotations(digest)),
        actions=(FIX_ALL,) if has_button else (),
    )


def _conclusion(digest: words.Digest) -> Conclusion:
    """Leniency is for what could not be read; it never covers a finding that fails."""
    if digest.verdict is Verdict.PASSED:
        return Conclusion.SUCCESS
    return Conclusion.NEUTRAL if digest.ends_neutral else Conclusion.FAILURE


def _annotations(digest: words.Digest) -> Iterator[Annotation]:
    """What no comment carries: places that could not be read, and folded findings."""
    for item in digest.blocking:
        if is_ordinary(item.path):
            line = max(1, item.line)
            title = "Could not be looked at"
            yield Annotation(item.path, line, line, "failure", title, prose(item.reason))
    for remark in digest.folded:
        for finding in remark.findings:
            place = finding.location
            yield Annotation(
                path=place.path,
                start_line=place.line,
                end_line=max(place.line, place.end_line),
                level=_level(finding, digest.profile),
                title=finding.title[:_TITLE_LIMIT],
                message=words.annotation(remark, finding, can_commit=digest.can_commit),
            )


def _level(finding: Finding, profile: Profile) -> str:
    if fails(finding, profile):
        return "failure"
    is_small = not finding.is_known or finding.severity is Severity.INFO
    return "notice" if is_small else "warning"
