"""``lockstitch fix PATH``: show or write every proved fix up to a safety level."""

from __future__ import annotations

import argparse
import sys

from bot.diff import unified
from bot.workspace import write
from remediations.detect import detect
from remediations.fingerprint import parted
from remediations.model import Finding, Safety
from remediations.plan import combine

from .inspect_path import Inspection, inspect_path
from .options import Unusable, add_config, add_profile, say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("path", help="a directory, or one .tf file")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="show the change (the default)")
    how.add_argument("--write", action="store_true", help="change the files")
    parser.add_argument(
        "--up-to",
        choices=[safety.value for safety in Safety],
        default="safe",
        help="safe: in place, only stricter; review: may change who can do what; "
        "replace: destroys and recreates (default: safe)",
    )
    add_profile(parser)
    add_config(parser, "the one in that directory")


def run(options: argparse.Namespace) -> int:
    """0 done, 2 something could not be looked at or written, 64 no such path."""
    try:
        inspection = inspect_path(options)
    except Unusable as error:
        say(f"lockstitch fix: {error}")
        return 64
    if inspection.is_empty:
        say("Nothing to fix: no Terraform here.")
        return 0
    for one in inspection.result.not_analysed:
        word = "not analysed" if one.blocking else "note"
        say(f"{one.path}:{one.line}: {word}: {one.reason}")
    try:
        _fix(inspection, Safety(options.up_to), writes=options.write)
    except OSError as error:
        say(f"lockstitch fix: {error.filename} cannot be written: {error.strerror}.")
        return 2
    return 2 if any(one.blocking for one in inspection.result.not_analysed) else 0


def _fix(inspection: Inspection, up_to: Safety, *, writes: bool) -> None:
    before, result = inspection.codebase, inspection.result
    edits = combine(before, result.findings, inspection.profile, up_to)
    after = before.with_edits(edits)
    for path in sorted({edit.path for edit in edits}):
        known = before.documents.get(path)
        if writes:
            write(inspection.workspace.root / path, after.bytes_of(path))
            say(f"{'Changed' if known else 'Wrote'} {result.as_given}{path}.")
        else:
            old = known.source.text if known else None
            new = after.documents[path].source.text
            sys.stdout.write(unified(old, new, result.from_here + path))
    found = detect(after, inspection.profile).findings
    closed, left = parted(result.findings, result.findings, found)
    verb = "Fixed" if writes else "Would fix"
    say(f"{verb} {len(closed)} of {len(result.findings)} findings, up to {up_to.value}.")
    for finding in left:
        say(f"  left: {_why(finding, inspection, up_to)}")


def _why(finding: Finding, inspection: Inspection, up_to: Safety) -> str:
    place = f"{finding.location.path}:{finding.location.line} {finding.rule}"
    fix = inspection.result.fix_of(finding)
    if fix is not None and fix.safety.rank > up_to.rank:
        return f"{place}: its fix is {fix.safety.value}; use --up-to {fix.safety.value}"
    return f"{place}: {inspection.result.reason_of(finding) or 'see lockstitch check'}"
