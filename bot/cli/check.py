"""``lockstitch check PATH``"""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from .nothing import SAID, holds_nothing
from .options import Unusable, add_config, add_profile, is_colourful, say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("path", help="a directory, or one .tf file")
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    parser.add_argument("--output", metavar="FILE", help="write the report there")
    parser.add_argument(
        "--prove", action="store_true", help="work out and prove every fix that is offered"
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
    from .inspect_path import inspect_path

    try:
        inspection = inspect_path(options, proves=options.prove)
    except Unusable as error:
        say(f"lockstitch check: {error}")
        return 64
    result = inspection.result
    if options.format == "json":
        from bot.formats import as_json

        text = as_json.render(result)
    elif options.format == "sarif":
        from bot.formats import as_sarif

        text = as_sarif.render(result)
    elif inspection.is_empty:
        text = SAID
    else:
        from bot.formats import as_text

        text = as_text.render(result, colour=is_colourful() and options.output is None)
    return _give(text, options.output, result.verdict.exit_code)


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
