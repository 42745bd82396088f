"""``lockstitch migrate``: bring the database schema up to date."""

from __future__ import annotations

import argparse
import os

from bot.database import DatabaseAway, SchemaError, migrate
from bot.settings import Settings, SettingsError

from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """It has no options; the database is a setting."""
    parser.epilog = "The database is LOCKSTITCH_DATABASE_URL; see docs/settings.md."


def run(options: argparse.Namespace) -> int:
    """0, 1 where the database refuses, 64 where a setting is wrong."""
    del options
    try:
        migrate(Settings.from_environment(os.environ).database_url)
    except SettingsError as error:
        say(f"lockstitch migrate: {error}")
        return 64
    except SchemaError as error:
        say(f"lockstitch migrate: {error}")
        return 1
    except DatabaseAway as error:
        say(f"lockstitch migrate: the database refused ({type(error).__name__}).")
        return 1
    say("The database schema is up to date.")
    return 0
