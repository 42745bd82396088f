"""``lockstitch check PATH``"""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .nothing import SAID, holds_nothing
from .options import Unusable, add_config, add_profile, is_colourful, reports_cache, say

if TYPE_CHECKING:
    from .asked import Asked
    from .kept import KeptReport, Reports


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("path", help="a directory, or one .tf file")
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    parser.add_argument("--output", metavar="FILE", help="write the report there")
    parser.add_argument(
        "--prove", action="store_true", help="work out and prove every fix that is offered"
    )
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="judge anew what an earlier run was asked about, and keep nothing of it",
    )
    add_profile(parser)
    add_config(parser, "the one in that directory")


def run(options: argparse.Namespace) -> int:
    """0 nothing at or above the threshold, 1 findings, 2 could not look, 64 no such path."""
    if options.format == "text" and options.output is None and holds_nothing(options.path):
        sys.stdout.write(SAID)
        return 0
    # A tree is built once and kept to the end: looking for garbage in it costs a tenth of the run.
    gc.disable()
    from .asked import asked

    try:
        question = asked(options)
    except Unusable as error:
        say(f"lockstitch check: {error}")
        return 64
    report = _kept_or_made(question, options)
    return _give(report.text, options.output, report.code)


def _kept_or_made(question: Asked, options: argparse.Namespace) -> KeptReport:
    from bot.wire import to_wire

    from .kept import Reports, key_of

    place = reports_cache()
    if place is None or not options.cache:
        return _made(question, options, None)
    files, skipped = question.workspace.files.items(), to_wire(question.workspace.skipped)
    strictness = to_wire(question.profile), skipped, question.workspace.only, options.prove
    shown = options.format, _is_colourful(options), question.as_given, question.from_here
    reports, key = Reports(place), key_of(files, *strictness, *shown)
    report = reports.find(key)
    if report is None:
        report = _made(question, options, reports)
        reports.keep({key: report})
    return report


def _is_colourful(options: argparse.Namespace) -> bool:
    return is_colourful() and options.output is None


def _made(question: Asked, options: argparse.Namespace, reports: Reports | None) -> KeptReport:
    from .inspect_path import inspected, judged
    from .kept import KeptReport

    result = inspected(question).result if options.prove else judged(question, reports)
    if options.format == "json":
        from bot.formats import as_json

        text = as_json.render(result)
    elif options.format == "sarif":
        from bot.formats import as_sarif

        text = as_sarif.render(result)
    elif question.is_empty:
        text = SAID
    else:
        from bot.formats import as_text

        text = as_text.render(result, colour=_is_colourful(options))
    return KeptReport(text, result.verdict.exit_code)


def _give(text: str, output: str | None, code: int) -> int:
    if output is None:
        sys.stdout.write(text)
        return code
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        say(f"lockstitch check: {output} cannot be written: {error.strerror}.")
        return 64
    return code
