"""``lockstitch serve``: webhooks in, reviews out, in one process with SQLite."""

from __future__ import annotations

import argparse
import os

from bot import tracing
from bot.database import SchemaError
from bot.logs import set_up
from bot.settings import Settings, SettingsError
from bot.web.access import who_may_see
from bot.web.embedded import Embedded

from .ending import end_in_time, wait_for_signal
from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """It has no options; everything is a setting."""
    parser.epilog = "Settings are LOCKSTITCH_… variables; see docs/settings.md."


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM or Ctrl-C; 64 where a setting is missing."""
    del options
    try:
        settings = Settings.from_environment(os.environ)
        tracing.set_up(settings.traces_url, "serve")
        bot = Embedded.start(settings)
    except (SettingsError, SchemaError, tracing.TracingMissing) as error:
        say(f"lockstitch serve: {error}")
        return 64
    set_up()
    say(f"Listening on {bot.url}; webhooks go to /webhooks/github or /webhooks/gitlab.")
    say(who_may_see(settings))
    wait_for_signal()
    end_in_time(settings)
    say("Finishing what is running.")
    bot.stop()
    tracing.close()
    return 0
