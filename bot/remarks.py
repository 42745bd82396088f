"""What is said about one block, and where it can be said: suggestion, comment or annotation.

Pure. Knows the diff and the plan; words are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain
from typing import Final

from remediations.model import Finding, Fix, Location, Plan, Safety, Severity
from remediations.source import SourceFile, Unreadable, apply
from remediations.terraform.files import READ

from .change import Change
from .diff import FileDiff, unified
from .redaction import holds_secret
from .suggestion import Suggestion, place

LONGEST_ANCHOR: Final = 10
"""A comment without a suggestion marks at most so many lines, else the first one only."""


class Offer(Enum):
    """How a fix can be taken."""

    SUGGESTION = "suggestion"
    COMMIT = "commit"
    ADVICE = "advice"
    """There is no edit; a person decides."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """New-side lines of one file, inside one hunk."""

    path: str
    start_line: int
    line: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Findings of one block that share a fix, or that have none.

    ``reasons`` say by fingerprint why a finding carries no edit. ``anchor`` is None where the
    diff shows no line of it. ``patch`` is the fix as a diff. ``has_thread`` is True where a person
    finds it in a conversation on its lines.
    """

    findings: tuple[Finding, ...]
    fix: Fix | None = None
    reasons: Mapping[str, str] | None = None
    offer: Offer = Offer.ADVICE
    anchor: Anchor | None = None
    suggestion: Suggestion | None = None
    patch: str = ""
    has_thread: bool = False
    environments: tuple[str, ...] = ()
    """Where it is so; empty where nothing tells environments apart."""

    @property
    def first(self) -> Finding:
        """The worst finding; the first one of those in the file."""
        return min(self.findings, key=lambda f: (not f.is_known, -f.severity.rank, _order(f)))

    @property
    def severity(self) -> Severity:
        """The worst severity."""
        return self.first.severity

    @property
    def safety(self) -> Safety | None:
        """What the fix costs; None without a fix."""
        return self.fix.safety if self.fix else None

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of every finding, in their order."""
        return tuple(finding.fingerprint for finding in self.findings)

    def reason(self, finding: Finding) -> str:
        """Why this finding has no edit, or what to decide."""
        return (self.reasons or {}).get(finding.fingerprint, finding.advice)

    def without(self, said: Collection[str]) -> Remark | None:
        """Only the findings that were not said before; None where nothing is left."""
        left = tuple(finding for finding in self.findings if finding.fingerprint not in said)
        return replace(self, findings=left) if left else None


def gather(findings: Iterable[Finding], plan: Plan) -> list[Remark]:
    """Every finding in exactly one remark, in the order of files and lines."""
    left: dict[str, list[Finding]] = {}
    for finding in findings:
        left.setdefault(finding.fingerprint, []).append(finding)
    remarks: list[Remark] = []
    for fix in plan.fixes:
        closed = [f for known in fix.findings for f in left.pop(known.fingerprint, ())]
        if closed:
            remarks.append(Remark(tuple(sorted(closed, key=_order)), fix, offer=Offer.COMMIT))
    reasons = {refusal.finding.fingerprint: refusal.reason for refusal in plan.refusals}
    blocks: dict[tuple[str, int, int], list[Finding]] = {}
    for finding in chain.from_iterable(left.values()):
        block = finding.block
        blocks.setdefault((block.path, block.line, block.span.start), []).append(finding)
    undecided = (
        Remark(tuple(sorted(group, key=_order)), None, reasons) for group in blocks.values()
    )
    return sorted([*remarks, *undecided], key=_position)


def with_environments(remarks: Iterable[Remark]) -> list[Remark]:
    """Each remark with the environments that any of its findings was seen in."""
    return [
        replace(remark, environments=tuple(dict.fromkeys(chain.from_iterable(named))))
        for remark in remarks
        for named in [[finding.environments for finding in remark.findings]]
    ]


def place_all(remarks: Iterable[Remark], change: Change, beyond: int = 0) -> list[Remark]:
    """Each remark with its anchor and its offer. Suggestions never overlap.

    They reach ``beyond`` the line that they hang on as far as the host lets them.
    Where two claim the same lines, the cheaper fix is the suggestion and the other one a commit.
    """
    diffs = {f.path: FileDiff.parse(f.patch) for f in change.files if f.path.endswith(READ)}
    sources: dict[str, SourceFile] = {}
    taken: list[Suggestion] = []
    placed: list[Remark] = []
    for remark in sorted(remarks, key=lambda remark: (_rank(remark), _position(remark))):
        suggestion = _suggestion(remark, change, diffs, sources, taken, beyond)
        if suggestion is not None:
            taken.append(suggestion)
            anchor = Anchor(suggestion.path, suggestion.start_line, suggestion.end_line)
            offered = replace(remark, offer=Offer.SUGGESTION, anchor=anchor, suggestion=suggestion)
        else:
            anchors = (_anchor(place, diffs) for place in _places(remark.findings))
            found = next((anchor for anchor in anchors if anchor), None)
            offered = replace(remark, anchor=found)
        placed.append(replace(offered, patch=_patch(remark.fix, change, sources)))
    return sorted(placed, key=_position)


def together(remarks: Iterable[Remark], change: Change) -> list[tuple[Remark, ...]]:
    """Remarks on one block in one hunk, which make one comment; each of the others alone.

    The first of them keeps its suggestion; what the others offer is a commit from there on.
    """
    diffs = {file.path: FileDiff.parse(file.patch) for file in change.files}
    groups: dict[object, list[Remark]] = {}
    for number, remark in enumerate(remarks):
        groups.setdefault(_shared(remark, diffs) or number, []).append(remark)
    return [_led(group) for group in groups.values()]


def _shared(remark: Remark, diffs: Mapping[str, FileDiff]) -> object:
    anchor, block = remark.anchor, remark.first.block
    if anchor is None:
        return None
    hunk = diffs.get(anchor.path, FileDiff()).hunk_holding(anchor.start_line, anchor.line)
    if hunk is None:
        return None
    return block.path, block.span.start, anchor.path, hunk.new_start


def _led(group: list[Remark]) -> tuple[Remark, ...]:
    """The suggestion first, then by what a fix costs, then what a person has to decide."""
    first, *others = sorted(group, key=lambda one: (one.suggestion is None, _rank(one)))
    demoted = (
        replace(one, offer=Offer.COMMIT, suggestion=None, anchor=first.anchor)
        if one.suggestion
        else replace(one, anchor=first.anchor)
        for one in others
    )
    return (first, *demoted)


def _suggestion(
    remark: Remark,
    change: Change,
    diffs: Mapping[str, FileDiff],
    sources: dict[str, SourceFile],
    taken: Collection[Suggestion],
    beyond: int,
) -> Suggestion | None:
    if remark.fix is None or len(remark.fix.paths) != 1:
        return None
    path = remark.fix.paths[0]
    if path not in diffs or path not in change.head:
        return None
    source = _source(path, change, sources)
    suggestion = place(remark.fix.edits, source, diffs[path], taken, beyond)
    if suggestion is None or holds_secret("\n".join(suggestion.lines)):
        return None
    return suggestion


def _source(path: str, change: Change, sources: dict[str, SourceFile]) -> SourceFile:
    if path not in sources:
        try:
            sources[path] = SourceFile.decode(path, change.head.get(path, b""))
        except Unreadable:  # a fix never stands in such a file; it may only take its name
            sources[path] = SourceFile.of(path, "")
    return sources[path]


def _patch(fix: Fix | None, change: Change, sources: dict[str, SourceFile]) -> str:
    if fix is None:
        return ""
    parts = []
    for path in fix.paths:
        source = _source(path, change, sources)
        after = apply(source, (edit for edit in fix.edits if edit.path == path))
        before = source.text if path in change.head else None
        parts.append(unified(before, after.text, path))
    return "".join(parts)


def _places(findings: Iterable[Finding]) -> Iterator[Location]:
    """Where a remark may stand, best first: the finding, what it rests on, its block."""
    known = list(findings)
    yield from (finding.location for finding in known)
    yield from (related.location for finding in known for related in finding.related)
    for finding in known:
        block = finding.block
        lines = range(block.line, min(block.end_line, block.line + 500) + 1)
        yield from (replace(block, line=line, end_line=line) for line in lines)


def _anchor(place: Location, diffs: Mapping[str, FileDiff]) -> Anchor | None:
    diff = diffs.get(place.path, FileDiff())
    is_short = place.end_line - place.line < LONGEST_ANCHOR
    if is_short and diff.hunk_holding(place.line, place.end_line):
        return Anchor(place.path, place.line, place.end_line)
    if diff.hunk_holding(place.line, place.line):
        return Anchor(place.path, place.line, place.line)
    return None


def _rank(remark: Remark) -> int:
    return remark.safety.rank if remark.safety else len(Safety)


def _order(finding: Finding) -> tuple[str, int, str, str]:
    place = finding.location
    return place.path, place.line, finding.rule, finding.fingerprint


def _position(remark: Remark) -> tuple[str, int, int, str]:
    place = remark.first.location
    return place.path, place.line, _rank(remark), remark.first.fingerprint
