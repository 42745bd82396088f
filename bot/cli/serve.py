"""``lockstitch serve``: webhooks in, reviews out, in one process with SQLite."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from queue import SimpleQueue
from types import FrameType
from typing import Final

from bot import tracing
from bot.database import SchemaError
from bot.logs import set_up
from bot.settings import Settings, SettingsError
from bot.web.access import who_may_see
from bot.web.embedded import Embedded

from .options import say

LAST_SECONDS: Final = 6.0
"""For what comes after the work that was let go on, at the most."""


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


def end_in_time(settings: Settings) -> None:
    """Whatever a thread of this process waits for, a forge that says nothing for example: it ends
    before whoever stops it loses patience. What is not done by then is done after the next start.
    """
    ending = threading.Timer(settings.drain + LAST_SECONDS, os._exit, (0,))
    ending.daemon = True
    ending.start()


def wait_for_signal() -> None:
    """Sleep until SIGTERM or SIGINT, however many of them come."""
    # An event would lock itself out where a second signal comes while the first one sets it.
    ended: SimpleQueue[int] = SimpleQueue()

    def end(number: int, _frame: FrameType | None) -> None:
        ended.put(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    ended.get()
