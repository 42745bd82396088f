"""``lockstitch check-config [PATH]``: whether a ``.lockstitch.yml`` can be used."""

from __future__ import annotations

import argparse
import sys
from importlib.resources import files
from pathlib import Path

from bot.repo_config import NAME, ConfigError

from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("path", nargs="?", default=NAME, help=f"the file (default: {NAME})")
    parser.add_argument("--schema", action="store_true", help="print its JSON Schema, for editors")


def run(options: argparse.Namespace) -> int:
    """0 for a file that can be used, 64 for any other."""
    from bot.config_reader import parse

    if options.schema:
        sys.stdout.write((files("bot") / "lockstitch.schema.json").read_text("utf-8"))
        return 0
    path = Path(options.path)
    if path.is_dir():
        path /= NAME
    try:
        parse(path.read_bytes())
    except OSError as error:
        say(f"lockstitch check-config: {path} cannot be read: {error.strerror}.")
        return 64
    except ConfigError as error:
        sys.stdout.writelines(f"{problem.at(str(path))}\n" for problem in error.problems)
        return 64
    sys.stdout.write(f"{path} can be used.\n")
    return 0
