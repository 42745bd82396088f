"""What ``check`` and ``fix`` have in common: a path in, a judged codebase out."""

from __future__ import annotations

import argparse
from dataclasses import replace

from bot.formats.result import Result
from bot.verdict import Verdict, verdict
from bot.workspace import Workspace
from remediations.codebase import Codebase
from remediations.detect import examine, reported
from remediations.frozen import dataclass
from remediations.glob import covered
from remediations.model import NotAnalysed, Plan, Profile, Report
from remediations.plan import outline, plan
from remediations.terraform.files import READ
from remediations.terraform.grammar import Grammar

from .asked import Asked, asked
from .kept import Reports
from .options import grammar_cache
from .progress import shown
from .shares import Question, examined


@dataclass(frozen=True, slots=True)
class Inspection:
    """A directory, parsed and judged; ``is_empty`` where it holds no Terraform."""

    workspace: Workspace
    codebase: Codebase
    profile: Profile
    result: Result
    is_empty: bool = False


def inspect_path(options: argparse.Namespace, *, family: str = "") -> Inspection:
    """Judge ``options.path``, and work out and prove the fixes. Raises ``Unusable``.

    Fixes are worked out for the rules whose names begin with ``family``.
    """
    return inspected(asked(options), family=family)


def inspected(question: Asked, *, family: str = "") -> Inspection:
    """As ``inspect_path``, of what was read already."""
    workspace, chosen = question.workspace, question.profile
    codebase = Codebase.read(
        shown(workspace.files),
        Grammar.load(grammar_cache()),
        skipped=workspace.skipped,
        off=chosen.rules_off,
    )
    if question.is_empty:
        return Inspection(workspace, codebase, chosen, _nothing(question), is_empty=True)
    report = _about(workspace, reported(examine(codebase, chosen)))
    wanted = tuple(one for one in report.findings if one.rule.startswith(family))
    offered = plan(codebase, replace(report, findings=wanted), chosen)
    result = _result(question, report, offered)
    return Inspection(workspace, codebase, chosen, result)


def judged(question: Asked, reports: Reports | None = None) -> Result:
    """Findings and what would be offered, in as many processes as it is worth.

    ``reports`` may know from earlier runs what a part of it shows, and learns it from this one.
    """
    if question.is_empty:
        return _nothing(question)
    workspace = question.workspace
    seen = examined(
        Question(
            workspace.files,
            workspace.skipped,
            question.profile,
            Grammar.load(grammar_cache()),
            reports,
            str(workspace.root.resolve()),
        )
    )
    return _result(question, _about(workspace, reported(seen)), outline(seen))


def _nothing(question: Asked) -> Result:
    return Result((), Plan(), (), Verdict.PASSED, question.profile.environment)


def _result(question: Asked, report: Report, offered: Plan) -> Result:
    workspace, chosen = question.workspace, question.profile
    return Result(
        report.findings,
        offered,
        report.not_analysed,
        verdict(report.findings, report.not_analysed, chosen),
        chosen.environment,
        as_given=question.as_given,
        from_here=question.from_here,
        excluded=sum(covered(path, chosen.exclude) for path in _paths(workspace)),
    )


def _paths(workspace: Workspace) -> frozenset[str]:
    return frozenset((*workspace.files, *(one.path for one in workspace.skipped)))


def _about(workspace: Workspace, report: Report) -> Report:
    """The report with everything the disk refused; about one file where one was asked about."""
    others = tuple(one for one in workspace.skipped if not one.path.endswith(READ))
    report = replace(report, not_analysed=_sorted(report.not_analysed + others))
    if workspace.only is None:
        return report
    asked = tuple(one for one in report.findings if one.location.path == workspace.only)
    return replace(report, findings=asked)


def _sorted(found: tuple[NotAnalysed, ...]) -> tuple[NotAnalysed, ...]:
    return tuple(sorted(found, key=lambda one: (one.path, one.line, one.rule)))
