"""Options that several commands share, and where this user's cache lies."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from remediations.model import Profile

# Written out, because importing them takes longer than all that an empty directory needs.
LEVELS: Final = ("dev", "staging", "prod")
SEVERITIES: Final = ("info", "low", "medium", "high", "critical")


def add_profile(parser: argparse.ArgumentParser) -> None:
    """``--environment`` and ``--fail-on``."""
    parser.add_argument(
        "--environment",
        choices=LEVELS,
        help="how strict to be everywhere (default: what directories and tfvars files are named "
        "after, else staging)",
    )
    parser.add_argument(
        "--fail-on",
        choices=SEVERITIES,
        default="high",
        help="severity from which a finding fails (default: high)",
    )


def profile(options: argparse.Namespace) -> Profile:
    """What the two options say."""
    from remediations.model import Profile, Severity

    said: str | None = options.environment
    return Profile(said or "staging", Severity(options.fail_on), by_name=said is None)


def grammar_cache() -> Path | None:
    """Where the grammar's tables lie for whoever runs this."""
    from bot.settings import user_cache

    return user_cache(os.environ)


def is_colourful() -> bool:
    """Colours only on a terminal, and never where NO_COLOR is set."""
    from bot.settings import wants_colour

    return sys.stdout.isatty() and wants_colour(os.environ)


def say(message: str) -> None:
    """A sentence for the person at the terminal, on standard error."""
    print(message, file=sys.stderr)
