"""Options that several commands share, and where this user's cache lies."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot.settings import user_cache, wants_colour
from remediations.model import ENVIRONMENTS, Profile, Severity


def add_profile(parser: argparse.ArgumentParser) -> None:
    """``--environment`` and ``--fail-on``."""
    parser.add_argument(
        "--environment", choices=ENVIRONMENTS, default="staging", help="how strict to be"
    )
    parser.add_argument(
        "--fail-on",
        choices=[severity.value for severity in Severity],
        default="high",
        help="severity from which a finding fails (default: high)",
    )


def profile(options: argparse.Namespace) -> Profile:
    """What the two options say."""
    return Profile(options.environment, Severity(options.fail_on))


def grammar_cache() -> Path | None:
    """Where the grammar's tables lie for whoever runs this."""
    return user_cache(os.environ)


def is_colourful() -> bool:
    """Colours only on a terminal, and never where NO_COLOR is set."""
    return sys.stdout.isatty() and wants_colour(os.environ)


def say(message: str) -> None:
    """A sentence for the person at the terminal, on standard error."""
    print(message, file=sys.stderr)
