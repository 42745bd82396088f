"""The report for a person at a terminal."""

from __future__ import annotations

from typing import Final

from bot.repo_config import NAME
from bot.verdict import Verdict
from remediations.model import Finding, Fix, NotAnalysed, Severity

from .result import Result

_COLOURS: Final = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}


def render(result: Result, *, colour: bool) -> str:
    """Findings by place, then what could not be looked at, then the count."""
    told: dict[int, Finding] = {}
    findings = sorted(result.findings, key=_place)
    parts = [_finding(finding, result, told, colour=colour) for finding in findings]
    parts += [_not_analysed(one, result) for one in result.not_analysed]
    return "\n".join([*parts, _conclusion(result) + _excluded(result)])


def _place(finding: Finding) -> tuple[str, int, int]:
    """Where it is, and at one place the worst first."""
    return finding.location.path, finding.location.line, -finding.severity.rank


def _paint(text: str, code: str, *, colour: bool) -> str:
    return f"\033[{code}m{text}\033[0m" if colour else text


def _not_analysed(one: NotAnalysed, result: Result) -> str:
    word = "not analysed" if one.blocking else "note"
    return f"{result.as_given}{one.path}:{one.line}  {word}: {one.reason}\n"


def _finding(finding: Finding, result: Result, told: dict[int, Finding], *, colour: bool) -> str:
    word = finding.severity.value + ("" if finding.is_known else ", unknown")
    place = f"{result.as_given}{finding.location.path}:{finding.location.line}"
    severity = _paint(word, _COLOURS[finding.severity], colour=colour)
    lines = [
        f"{_paint(place, '1', colour=colour)}  {severity}  {finding.title}  [{finding.rule}]",
        f"  {finding.address}: {finding.message}",
    ]
    if finding.environments and finding.environments != (result.environment,):
        lines.append(f"  in: {', '.join(finding.environments)}")
    if finding.unknown is not None:
        lines.append(f"  The value cannot be read here, because {finding.unknown}.")
    lines += [
        f"  {related.role}: {result.as_given}{related.location.path}:{related.location.line}"
        for related in finding.related
    ]
    fix = result.fix_of(finding)
    if fix is not None:
        lines.append(f"  Fix ({fix.safety.value}): {_fix(fix, finding, told)}")
    elif reason := result.reason_of(finding):
        lines.append(f"  To decide: {reason}")
    return "\n".join(lines) + "\n"


def _fix(fix: Fix, finding: Finding, told: dict[int, Finding]) -> str:
    """What it does and costs; a fix of several findings says so once, where it is met first."""
    first = told.setdefault(id(fix), finding)
    if first is finding:
        return f"{fix.title}. {fix.cost}"
    where = "" if first.address == finding.address else f" on {first.address}"
    return f"As for {first.rule}{where} above."


def _excluded(result: Result) -> str:
    if not result.excluded:
        return ""
    files = "1 file is" if result.excluded == 1 else f"{result.excluded} files are"
    return f"{files} excluded by {NAME}.\n"


def _conclusion(result: Result) -> str:
    blocked = sum(one.blocking for one in result.not_analysed)
    if not result.findings and not blocked:
        return f"Nothing to fix{' in what was looked into' if result.not_analysed else ''}.\n"
    count = len(result.findings)
    words = [f"{count} finding{'' if count == 1 else 's'}"]
    fixable = sum(len(fix.findings) for fix in result.plan.fixes)
    if fixable:
        are_proved = all(fix.is_proved for fix in result.plan.fixes)
        how = "a proved fix" if are_proved else "a fix, proved when it is made"
        words.append(f"{fixable} with {how} (lockstitch fix)")
    if blocked:
        words.append(f"{blocked} not analysed")
    ending = {
        Verdict.PASSED: "Nothing at or above the threshold.",
        Verdict.FAILED: "The check fails.",
        Verdict.COULD_NOT_REVIEW: "Could not review everything.",
    }[result.verdict]
    return f"{', '.join(words)}. {ending}\n"
