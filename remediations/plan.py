"""From findings to proved fixes that never overlap, each refusal with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from .codebase import Codebase
from .detect import Judged, examine
from .model import Edit, Finding, Fix, Plan, Profile, Refusal, Report, Safety
from .rule import Repair, Targeted
from .source import OverlappingEdits, Unreadable
from .terraform.edit import AddTopLevel
from .verify import prove

STILL_TO_DECIDE = "no edit can be proved right here"


def plan(codebase: Codebase, report: Report, profile: Profile) -> Plan:
    """A fix for the findings of one block at one safety level, each proved on its own.

    A fix that needs text another one claims is refused for now; the next run offers it.
    """
    wanted = {finding.fingerprint for finding in report.findings}
    judged = [j for j in examine(codebase, profile).judged if j.finding.fingerprint in wanted]
    refusals = [Refusal(j.finding, _advice(j)) for j in judged if not _is_repairable(j)]
    fixes: list[Fix] = []
    # The least costly fix comes first, so that nothing safe has to wait for a replacement.
    for group in sorted(_groups(judged), key=lambda group: _repair(group[0]).safety.rank):
        made = _fix(codebase, group, profile)
        if isinstance(made, Fix):
            made = _if_free(made, fixes)
        if isinstance(made, Fix):
            fixes.append(made)
        else:
            refusals.extend(Refusal(j.finding, made) for j in group)
    fixes.sort(key=lambda fix: _order(fix.findings[0]))
    return Plan(tuple(fixes), tuple(sorted(refusals, key=lambda r: _order(r.finding))))


def combine(
    codebase: Codebase, findings: Iterable[Finding], profile: Profile, up_to: Safety
) -> tuple[Edit, ...]:
    """Edits that close as many of ``findings`` as can be closed together at that safety.

    Later fixes see what earlier ones wrote, so a key is written once. Empty where nothing can be
    done or the result cannot be proved.
    """
    fingerprints = {finding.fingerprint for finding in findings}
    after, closed, touched = _solve(codebase, fingerprints, profile, up_to)
    if not closed or prove(codebase, after, closed, touched, profile) is not None:
        return ()
    return codebase.edits_to(after)


def _advice(judged: Judged) -> str:
    return judged.finding.advice or STILL_TO_DECIDE


def _is_repairable(judged: Judged) -> bool:
    return isinstance(judged.violation.repair, Repair)


def _repair(judged: Judged) -> Repair:
    assert isinstance(judged.violation.repair, Repair)
    return judged.violation.repair


def _order(finding: Finding) -> tuple[str, int, str]:
    return finding.location.path, finding.location.line, finding.rule


def _groups(judged: Sequence[Judged]) -> list[list[Judged]]:
    def key(one: Judged) -> tuple[str, int, int]:
        block = one.finding.block
        return block.path, block.span.start, _repair(one).safety.rank

    repairable = sorted(filter(_is_repairable, judged), key=key)
    return [list(group) for _, group in groupby(repairable, key=key)]


def _fix(codebase: Codebase, group: list[Judged], profile: Profile) -> Fix | str:
    fingerprints = {judged.finding.fingerprint for judged in group}
    safety = _repair(group[0]).safety
    after, closed, touched = _solve(codebase, fingerprints, profile, safety)
    if closed != fingerprints:
        return "the edits for this block get in each other's way"
    reason = prove(codebase, after, fingerprints, touched, profile)
    if reason is not None:
        return reason
    return Fix(
        findings=tuple(judged.finding for judged in group),
        safety=safety,
        title=_sentence(_repair(judged).title for judged in group),
        cost=" ".join(dict.fromkeys(_repair(judged).cost for judged in group)),
        edits=codebase.edits_to(after),
    )


def _sentence(titles: Iterable[str]) -> str:
    unique = list(dict.fromkeys(titles))
    if len(unique) == 1:
        return unique[0]
    rest = [title[:1].lower() + title[1:] for title in unique[1:]]
    return ", ".join([unique[0], *rest[:-1]]) + f" and {rest[-1]}"


def _if_free(fix: Fix, taken: Sequence[Fix]) -> Fix | str:
    """The fix, or why it has to wait for one that is offered already.

    A fix over several files is a commit, computed anew on the head when somebody asks for it; only
    two that may both be suggestions can get in each other's way.
    """
    for other in taken:
        if len(fix.paths) > 1 or len(other.paths) > 1:
            continue
        if _new_addresses(fix) & _new_addresses(other) or _overlap(fix.edits, other.edits):
            name = other.findings[0].address
            return f"it builds on the fix for `{name}`; once that is in, this one is offered"
    return fix


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


def _solve(
    codebase: Codebase, fingerprints: Collection[str], profile: Profile, up_to: Safety
) -> tuple[Codebase, set[str], set[str]]:
    """Rounds: repair what is left, look again. Also what was closed and which blocks may differ."""
    directories = {
        judged.directory
        for judged in examine(codebase, profile).judged
        if judged.finding.fingerprint in fingerprints
    }
    touched: set[str] = set()
    stuck: set[str] = set()
    current = codebase
    for _ in range(len(fingerprints) + 1):
        left = [
            judged
            for judged in examine(current, profile, directories=directories).judged
            if judged.finding.fingerprint in fingerprints
            and judged.finding.fingerprint not in stuck
            and _is_repairable(judged)
            and _repair(judged).safety.rank <= up_to.rank
        ]
        if not left:
            break
        current, done = _round(current, left)
        if not done:
            stuck.add(left[0].finding.fingerprint)
        touched |= {judged.finding.address for judged in done}
        touched |= {address for judged in done for address in _repair(judged).touches}
    after = {
        j.finding.fingerprint for j in examine(current, profile, directories=directories).judged
    }
    return current, set(fingerprints) - after, touched


def _round(codebase: Codebase, left: list[Judged]) -> tuple[Codebase, list[Judged]]:
    """All at once where they keep out of each other's way, else only the first."""
    for batch in (left, left[:1]):
        intents = [targeted for judged in batch for targeted in _repair(judged).intents]
        try:
            after = codebase.with_intents(intents)
        except (OverlappingEdits, Unreadable):
            continue
        if len(batch) == 1 or not _writes_twice(intents):
            return after, batch
    return codebase, []


def _writes_twice(intents: Sequence[Targeted]) -> bool:
    texts = [
        targeted.intent.text.split("{")[0]
        for targeted in intents
        if isinstance(targeted.intent, AddTopLevel)
    ]
    return len(texts) != len(set(texts))
