"""Options that several commands share, and where this user's cache lies."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.repo_config import RepoConfig
    from remediations.model import Profile, Severity

# Written out, because importing them takes longer than all that an empty directory needs.
LEVELS: Final = ("dev", "staging", "prod")
SEVERITIES: Final = ("info", "low", "medium", "high", "critical")


class Unusable(Exception):
    """A path or a configuration that was given cannot be used; the message says why."""


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
        help="severity from which a finding fails (default: what .lockstitch.yml says, or high)",
    )


def add_config(parser: argparse.ArgumentParser, default: str) -> None:
    """``--config``."""
    parser.add_argument("--config", metavar="PATH", help=f"a .lockstitch.yml (default: {default})")


def profile(options: argparse.Namespace) -> Profile:
    """How strict to be where no repository says anything."""
    from remediations.model import Profile

    said: str | None = options.environment
    threshold = fail_on(options) or Profile().fail_on
    return Profile(said or "staging", threshold, by_name=said is None)


def fail_on(options: argparse.Namespace) -> Severity | None:
    """The threshold, where somebody asked for one."""
    from remediations.model import Severity

    return None if options.fail_on is None else Severity(options.fail_on)


def repo_config(options: argparse.Namespace, root: Path) -> RepoConfig:
    """What the file in ``root`` says, or the one that ``--config`` names. Raises ``Unusable``."""
    from bot.repo_config import NAME, ConfigError
    from bot.workspace import read_config

    named = None if options.config is None else Path(options.config)
    path = named or root / NAME
    try:
        return read_config(root, named)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from error
    except ConfigError as error:
        said = "\n".join(problem.at(str(path)) for problem in error.problems)
        raise Unusable(f"the configuration cannot be used.\n{said}") from error


def grammar_cache() -> Path | None:
    """Where the grammar's tables lie for whoever runs this."""
    from bot.user import user_cache

    return user_cache(os.environ)


def reports_cache() -> Path | None:
    """Where the reports of this user's runs are kept."""
    tables = grammar_cache()
    return None if tables is None else tables.parent / "reports"


def is_colourful() -> bool:
    """Colours only on a terminal, and never where NO_COLOR is set."""
    from bot.user import wants_colour

    return sys.stdout.isatty() and wants_colour(os.environ)


def say(message: str) -> None:
    """A sentence for the person at the terminal, on standard error. A log that is full loses it,
    and ends nothing: exit codes tell as much, and a server goes on."""
    with suppress(OSError):
        print(message, file=sys.stderr)
