"""What ``check`` and ``fix`` have in common: a path in, a judged codebase out."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from bot.formats.result import Result
from bot.verdict import Verdict, verdict
from bot.workspace import Workspace, read
from remediations.codebase import Codebase
from remediations.detect import examine, reported
from remediations.glob import covered
from remediations.model import NotAnalysed, Plan, Profile, Report
from remediations.plan import outline, plan
from remediations.terraform.files import CONFIGURATION, READ
from remediations.terraform.grammar import Grammar

from .options import Unusable, fail_on, grammar_cache, profile, repo_config
from .progress import shown
from .shares import examined


@dataclass(frozen=True, slots=True)
class Inspection:
    """A directory, parsed and judged; ``is_empty`` where it holds no Terraform."""

    workspace: Workspace
    codebase: Codebase
    profile: Profile
    result: Result
    is_empty: bool = False


def inspect_path(options: argparse.Namespace, *, proves: bool) -> Inspection:
    """Judge ``options.path``, and work out and prove the fixes. Raises ``Unusable``."""
    path = Path(options.path)
    if not path.exists():
        raise Unusable(f"{path} does not exist.")
    if not path.is_dir() and not path.name.endswith(CONFIGURATION):
        raise Unusable(f"{path} is neither a directory nor a .tf file.")
    try:
        workspace = read(path)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from error
    chosen = repo_config(options, workspace.root).profile(profile(options), fail_on(options))
    codebase = Codebase.read(
        shown(workspace.files), Grammar.load(grammar_cache()), skipped=workspace.skipped
    )
    if not workspace.files and not workspace.skipped:
        nothing = Result((), Plan(), (), Verdict.PASSED, chosen.environment)
        return Inspection(workspace, codebase, chosen, nothing, is_empty=True)
    seen = examine(codebase, chosen) if proves else examined(codebase, chosen)
    report = _about(workspace, reported(seen))
    result = Result(
        report.findings,
        plan(codebase, report, chosen) if proves else outline(seen),
        report.not_analysed,
        verdict(report.findings, report.not_analysed, chosen),
        chosen.environment,
        as_given=_as_given(workspace.root),
        from_here=_from_here(workspace.root),
        excluded=sum(covered(path, chosen.exclude) for path in _paths(workspace)),
    )
    return Inspection(workspace, codebase, chosen, result)


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


def _as_given(root: Path) -> str:
    return "" if root == Path() else f"{root.as_posix().rstrip('/')}/"


def _from_here(root: Path) -> str:
    """How files are named by a report that is read at the top of the repository."""
    here, there = Path.cwd(), root.resolve()
    if here == there or not there.is_relative_to(here):
        return ""
    return f"{there.relative_to(here).as_posix()}/"
