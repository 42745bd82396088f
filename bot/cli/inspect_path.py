"""What ``check`` and ``fix`` have in common: a path in, a judged codebase out."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from bot.formats.result import Result
from bot.verdict import verdict
from bot.workspace import Workspace, read
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile
from remediations.plan import plan
from remediations.terraform.grammar import Grammar

from .options import grammar_cache, profile


class NoSuchPath(Exception):
    """The path that was named is not there."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A directory, parsed and judged."""

    workspace: Workspace
    codebase: Codebase
    profile: Profile
    result: Result


def inspect_path(options: argparse.Namespace) -> Inspection | None:
    """Judge ``options.path``; None where there is no Terraform. Raises ``NoSuchPath``."""
    path = Path(options.path)
    if not path.exists():
        raise NoSuchPath(f"{path} does not exist.")
    workspace = read(path)
    if not workspace.files and not workspace.skipped:
        return None
    chosen = profile(options)
    grammar = Grammar.load(grammar_cache())
    codebase = Codebase.read(workspace.files, grammar, skipped=workspace.skipped)
    report = detect(codebase, chosen)
    not_analysed = report.not_analysed
    result = Result(
        report.findings,
        plan(codebase, report, chosen),
        not_analysed,
        verdict(report.findings, not_analysed, chosen),
        chosen.environment,
    )
    return Inspection(workspace, codebase, chosen, result)
