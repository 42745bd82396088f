"""``lockstitch dead``: shows work that was given up, and tries it again."""

from __future__ import annotations

import argparse
import os
import sys
import time

from bot.backlog import Backlog, DeadRow
from bot.database import DatabaseAway, SchemaError, open_current
from bot.redaction import redacted
from bot.settings import Settings, SettingsError
from bot.shared_time import time_of

from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its two verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help="show what was given up, and why")
    retry = verbs.add_parser("retry", help="try it again")
    retry.add_argument("row", nargs="*", type=int, help="numbers that `list` shows")
    retry.add_argument("--all", action="store_true", help="every dead row")


def run(options: argparse.Namespace) -> int:
    """0, 1 where the database refuses or a row is not dead, 64 for wrong usage or settings."""
    if options.verb == "retry" and bool(options.row) == options.all:
        say("lockstitch dead retry: name rows, or say --all.")
        return 64
    try:
        engine = open_current(Settings.from_environment(os.environ).database_url)
    except SettingsError as error:
        say(f"lockstitch dead: {error}")
        return 64
    except SchemaError as error:
        say(f"lockstitch dead: {error}")
        return 1
    except DatabaseAway as error:
        say(f"lockstitch dead: the database refused ({type(error).__name__}).")
        return 1
    backlog = Backlog(engine, time_of(engine))
    try:
        return _list(backlog) if options.verb == "list" else _retry(backlog, options.row)
    finally:
        engine.dispose()


def _list(backlog: Backlog) -> int:
    rows = backlog.dead()
    if not rows:
        say("Nothing was given up.")
    for row in rows:
        sys.stdout.write(f"{_line(row)}\n")
    return 0


def _line(row: DeadRow) -> str:
    asked = "?" if not row.asked_at else time.strftime("%Y-%m-%d %H:%MZ", time.gmtime(row.asked_at))
    words = redacted(" ".join(row.reason.split()))
    return f"{row.id}\t{row.kind}\t{row.pull}\t{asked}\t{words}"


def _retry(backlog: Backlog, rows: list[int]) -> int:
    again = backlog.retry(*rows)
    for row in sorted(set(rows) - set(again)):
        say(f"lockstitch dead: row {row} is not dead; `lockstitch dead list` shows those that are.")
    say(f"{len(again)} {'row' if len(again) == 1 else 'rows'} will be tried again.")
    return 0 if set(rows) <= set(again) else 1
