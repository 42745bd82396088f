"""``lockstitch worker``: a Celery worker with its processes."""

from __future__ import annotations

import argparse
import os

from bot import tracing
from bot.logs import set_up
from bot.metrics import share
from bot.settings import Settings, SettingsError
from bot.web.figures import show

from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("--processes", type=int, default=2, help="worker processes (default: 2)")


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM; 64 where a setting is missing."""
    try:
        settings = Settings.from_environment(os.environ).needs_credentials()
        if settings.redis_url is None:
            raise SettingsError("LOCKSTITCH_REDIS_URL is not set; a worker needs a broker.")
        tracing.check(settings.traces_url)
    except (SettingsError, tracing.TracingMissing) as error:
        say(f"lockstitch worker: {error}")
        return 64
    from bot.worker import worker_app

    set_up()
    share(settings.metrics_dir)
    show(settings)
    processes = str(options.processes)
    worker_app().worker_main(
        ["worker", "--concurrency", processes, "--loglevel", "WARNING", "--queues", "interactive"]
    )
    return 0
