"""``lockstitch stats``: what was offered, what became of it, how long it took."""

from __future__ import annotations

import argparse
import os
import sys
import time

from bot import period
from bot.database import DatabaseAway, SchemaError, open_current
from bot.formats import of_statistics
from bot.ledger import Ledger
from bot.settings import Settings, SettingsError
from bot.statistics import Statistics

from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("--since", metavar="WHEN", help=f"seen first since {period.HOW}")
    parser.add_argument("--repo", metavar="OWNER/NAME", help="of this repository only")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text")
    parser.epilog = "docs/statistics.md says what each column counts."


def run(options: argparse.Namespace) -> int:
    """0, 1 where the database refuses, 64 for wrong usage or settings."""
    try:
        begin = period.since(options.since, time.time()) if options.since else 0.0
        engine = open_current(Settings.from_environment(os.environ).database_url)
    except (ValueError, SettingsError) as error:
        say(f"lockstitch stats: {error}")
        return 64
    except SchemaError as error:
        say(f"lockstitch stats: {error}")
        return 1
    except DatabaseAway as error:
        say(f"lockstitch stats: the database refused ({type(error).__name__}).")
        return 1
    try:
        found = Statistics.of(Ledger(engine).told(begin, options.repo))
    except DatabaseAway as error:
        say(f"lockstitch stats: the database refused ({type(error).__name__}).")
        return 1
    finally:
        engine.dispose()
    write = {"text": of_statistics.as_text, "json": of_statistics.as_json}
    sys.stdout.write(write.get(options.format, of_statistics.as_csv)(found))
    return 0
