"""From findings to proved fixes that never overlap, each refusal with its reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from posixpath import dirname
from typing import Final

from .codebase import Codebase
from .detect import Examination, examine
from .merge import Judged
from .model import Edit, Finding, Fix, Plan, Profile, Refusal, Report, Safety
from .rounds import COLLIDES, repair_of, solve
from .rule import Repair
from .verify import prove

STILL_TO_DECIDE: Final = "no edit can be proved right here"
TOO_MANY: Final = (
    "there are more findings here than one run works out single fixes for; "
    "it is offered once others are closed"
)
_SENTENCE: Final = re.compile(r"(?<=\.) (?=[A-Z`])")
MAX_READ_AGAIN: Final = 4_000_000
"""Characters of text that single fixes of one run may be proved on: each reads its files again."""
MAX_JUDGED_AGAIN: Final = 20_000_000
"""And each judges again what is applied together with those files."""


def plan(codebase: Codebase, report: Report, profile: Profile) -> Plan:
    """A fix for the findings of one block at one safety level, each proved on its own.

    A fix that needs text another one claims is refused for now; the next run offers it. So is what
    goes beyond the work that one run may take, the least severe first.
    """
    wanted = {finding.fingerprint for finding in report.findings}
    where = {finding.directory for finding in report.findings}
    seen = examine(codebase, profile, directories=where).judged
    judged = [one for one in seen if one.finding.fingerprint in wanted]
    refusals = [Refusal(j.finding, _advice(j)) for j in judged if repair_of(j) is None]
    fixes: list[Fix] = []
    groups, left_out = _affordable(codebase, _groups(judged), profile)
    refusals.extend(Refusal(j.finding, TOO_MANY) for group in left_out for j in group)
    # The least costly fix comes first, so that nothing safe has to wait for a replacement.
    for group in sorted(groups, key=lambda group: _repair(group[0]).safety.rank):
        fix, reasons = _fix(codebase, group, profile)
        waits = None if fix is None else _waits(fix, fixes)
        if fix is not None and waits is None:
            fixes.append(fix)
        elif fix is not None and waits is not None:
            reasons |= {finding.fingerprint: waits for finding in fix.findings}
        left = [j.finding for j in group if j.finding.fingerprint in reasons]
        refusals.extend(Refusal(finding, reasons[finding.fingerprint]) for finding in left)
    fixes.sort(key=lambda fix: _order(fix.findings[0]))
    return Plan(tuple(fixes), tuple(sorted(refusals, key=lambda r: _order(r.finding))))


def outline(examination: Examination) -> Plan:
    """What the rules would offer, by the same groups as ``plan``: nothing worked out or proved."""
    judged = examination.judged
    fixes = [_outlined(group) for group in _groups(judged)]
    refusals = (Refusal(one.finding, _advice(one)) for one in judged if repair_of(one) is None)
    return Plan(tuple(fixes), tuple(refusals))


def _outlined(group: Sequence[Judged]) -> Fix:
    repairs = [_repair(one) for one in group]
    return Fix(
        findings=tuple(one.finding for one in group),
        safety=repairs[0].safety,
        title=_sentence(one.title for one in repairs),
        cost=_said_once(one.cost for one in repairs),
        edits=(),
        offered_in=tuple(sorted({t.path for one in repairs for t in one.intents})),
    )


def combine(
    codebase: Codebase, findings: Iterable[Finding], profile: Profile, up_to: Safety
) -> tuple[Edit, ...]:
    """Edits that close as many of ``findings`` as can be closed together at that safety.

    Later fixes see what earlier ones wrote, so a key is written once. Empty where nothing can be
    done or the result cannot be proved.
    """
    asked = tuple(findings)
    wanted = {finding.fingerprint for finding in asked}
    seen = examine(codebase, profile, directories={one.directory for one in asked}).judged
    judged = [one for one in seen if one.finding.fingerprint in wanted]
    fingerprints = {j.finding.fingerprint for j in judged}
    solution = solve(codebase, fingerprints, {j.directory for j in judged}, profile, up_to)
    closed, after = solution.closed, solution.after
    if not closed or prove(codebase, after, closed, solution.touched, profile) is not None:
        return ()
    return codebase.edits_to(after)


def _advice(judged: Judged) -> str:
    return judged.finding.advice or STILL_TO_DECIDE


def _repair(judged: Judged) -> Repair:
    repair = repair_of(judged)
    assert repair is not None
    return repair


def _order(finding: Finding) -> tuple[str, int, str]:
    return finding.location.path, finding.location.line, finding.rule


def _groups(judged: Sequence[Judged]) -> list[list[Judged]]:
    def key(one: Judged) -> tuple[str, int, int]:
        block = one.finding.block
        return block.path, block.span.start, _repair(one).safety.rank

    repairable = sorted((j for j in judged if repair_of(j) is not None), key=key)
    return [list(group) for _, group in groupby(repairable, key=key)]


def _affordable(
    codebase: Codebase, groups: Sequence[list[Judged]], profile: Profile
) -> tuple[list[list[Judged]], list[list[Judged]]]:
    """What one run may work out, in the same order, and what it may not."""
    read = judged = 0
    kept: set[int] = set()
    for group in sorted(groups, key=lambda group: -max(j.finding.severity.rank for j in group)):
        paths = {targeted.path for one in group for targeted in _repair(one).intents}
        read += _text_to_read(codebase, paths)
        judged += _text_to_judge(codebase, paths, profile)
        if read <= MAX_READ_AGAIN and judged <= MAX_JUDGED_AGAIN:
            kept.add(id(group))
    return (
        [group for group in groups if id(group) in kept],
        [group for group in groups if id(group) not in kept],
    )


def _text_to_read(codebase: Codebase, paths: Collection[str]) -> int:
    known = [codebase.documents[path] for path in paths if path in codebase.documents]
    return sum(len(document.source.text) for document in known)


def _text_to_judge(codebase: Codebase, paths: Collection[str], profile: Profile) -> int:
    touched = {dirname(path) for path in paths}
    return sum(
        root.size for root in codebase.roots(profile) if not root.directories.isdisjoint(touched)
    )


def _fix(
    codebase: Codebase, group: Sequence[Judged], profile: Profile
) -> tuple[Fix | None, dict[str, str]]:
    """One fix for as many of the group as can be proved; by fingerprint why the others cannot."""
    fingerprints = {judged.finding.fingerprint for judged in group}
    safety = _repair(group[0]).safety
    directories = {judged.directory for judged in group}
    solution = solve(codebase, fingerprints, directories, profile, safety)
    closed = solution.closed
    reasons = {one: solution.stuck.get(one, COLLIDES) for one in fingerprints - closed}
    if not closed:
        return None, reasons
    reason = prove(codebase, solution.after, closed, solution.touched, profile)
    if reason is not None:
        return None, dict.fromkeys(fingerprints, reason)
    done = [judged for judged in group if judged.finding.fingerprint in closed]
    fix = Fix(
        findings=tuple(judged.finding for judged in done),
        safety=safety,
        title=_sentence(_repair(judged).title for judged in done),
        cost=_said_once(_repair(judged).cost for judged in done),
        edits=codebase.edits_to(solution.after),
    )
    return fix, reasons


def _said_once(costs: Iterable[str]) -> str:
    """Every sentence, where several findings of one block say the same."""
    return " ".join(dict.fromkeys(one for cost in costs for one in _SENTENCE.split(cost)))


def _sentence(titles: Iterable[str]) -> str:
    unique = list(dict.fromkeys(titles))
    if len(unique) == 1:
        return unique[0]
    rest = [title[:1].lower() + title[1:] for title in unique[1:]]
    return ", ".join([unique[0], *rest[:-1]]) + f" and {rest[-1]}"


def _waits(fix: Fix, taken: Sequence[Fix]) -> str | None:
    """Why the fix has to wait for one that is offered already, if it has to.

    A fix over several files is a commit, computed anew on the head when somebody asks for it; only
    two that may both be suggestions can get in each other's way.
    """
    for other in taken:
        if len(fix.paths) > 1 or len(other.paths) > 1:
            continue
        if _new_addresses(fix) & _new_addresses(other) or _overlap(fix.edits, other.edits):
            name = other.findings[0].address
            return f"it builds on the fix for `{name}`; once that is in, this one is offered"
    return None


def _overlap(one: Sequence[Edit], two: Sequence[Edit]) -> bool:
    return any(a.path == b.path and a.span.overlaps(b.span) for a in one for b in two)


def _new_addresses(fix: Fix) -> set[str]:
    """First lines of the top-level blocks that a fix writes."""
    return {
        f"{edit.path.rpartition('/')[0]}:{line}"
        for edit in fix.edits
        for line in edit.text.splitlines()
        if line.startswith(("resource ", "data "))
    }
