"""``lockstitch sweeper``: asks again for rows whose message or worker was lost."""

from __future__ import annotations

import argparse
import os

from bot import tracing
from bot.greeter import Greeter
from bot.greetings import Greetings
from bot.hosts import probes, watchtower
from bot.inbox import Inbox
from bot.logs import set_up
from bot.metrics import share
from bot.settings import Settings, SettingsError
from bot.shared_pace import pace_of
from bot.sweeper import duties
from bot.sweeper import run as sweep_until
from bot.web.figures import show
from bot.worker import CeleryDispatcher

from .ending import told_by_signal
from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """It has no options; everything is a setting."""
    parser.epilog = "Settings are LOCKSTITCH_… variables; see docs/settings.md."


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM; 64 where a setting is missing."""
    del options
    try:
        settings = Settings.from_environment(os.environ).needs_credentials()
        if settings.redis_url is None:
            raise SettingsError("LOCKSTITCH_REDIS_URL is not set; a sweeper needs a broker.")
        tracing.set_up(settings.traces_url, "sweeper")
    except (SettingsError, tracing.TracingMissing) as error:
        say(f"lockstitch sweeper: {error}")
        return 64
    set_up()
    share(settings.metrics_dir)
    show(settings)
    stop = told_by_signal(settings)
    inbox = Inbox.open(settings.database_url)
    dispatcher = CeleryDispatcher(settings.redis_url)
    looks = probes(settings)
    held = duties(inbox, dispatcher, watchtower(settings), looks, stop.is_set, settings.sweep)
    greeter = Greeter(Greetings(inbox.engine, inbox.clock), settings, pace_of(settings))
    greeter.start()
    sweep_until(held, stop, settings.pulse("sweeper"), settings.sweep)
    greeter.stop()
    greeter.close()
    return 0
