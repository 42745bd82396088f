"""``lockstitch doctor``: whether all that the bot needs is there, and how to mend what is not."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict

from bot.diagnosis import Diagnosis, State, exit_code
from bot.doctor import examine
from bot.settings import Settings, SettingsError

from .options import is_colourful, say

_COLOURS = {State.OK: "32", State.WARNING: "33", State.BROKEN: "31", State.UNKNOWN: "35"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("--repo", metavar="OWNER/NAME", help="look at this repository only")
    parser.add_argument("--json", action="store_true", help="for programs; see docs/doctor.md")
    parser.epilog = (
        "Exit codes: 0 all is well, or well enough; 1 something has to be mended; 2 something "
        "could not be looked at, which wins; 64 wrong usage or settings."
    )


def run(options: argparse.Namespace) -> int:
    """0, 1, 2 or 64, as the help says."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        say(f"lockstitch doctor: {error}")
        return 64
    found = []
    for one in examine(settings, options.repo):
        found.append(one)
        if not options.json:
            sys.stdout.write(_line(one))
            sys.stdout.flush()
    code = exit_code(found)
    if options.json:
        sys.stdout.write(_json(found, code))
    return code


def _line(one: Diagnosis) -> str:
    word = f"{one.state.value:<8}"
    if is_colourful():
        word = f"\033[{_COLOURS[one.state]}m{word}\033[0m"
    mend = f"         -> {one.mend}\n" if one.mend else ""
    return f"{word} {one.name}: {one.says}\n{mend}"


def _json(found: Iterable[Diagnosis], code: int) -> str:
    looks = [{**asdict(one), "state": one.state.value} for one in found]
    return json.dumps({"version": 1, "looks": looks, "exit_code": code}, indent=2) + "\n"
