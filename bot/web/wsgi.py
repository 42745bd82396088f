"""``bot.web.wsgi:create()``: what gunicorn runs in production. Work goes to Celery."""

from __future__ import annotations

import logging
import os
from typing import Final

from flask import Flask

from bot import tracing
from bot.inbox import Inbox
from bot.logs import set_up
from bot.metrics import share
from bot.settings import Settings, SettingsError
from bot.worker import CeleryDispatcher

from .access import who_may_see
from .app import create_app

_LOG: Final = logging.getLogger(__name__)


def create() -> Flask:
    """Raises ``SettingsError``: a server that cannot work does not start."""
    settings = Settings.from_environment(os.environ)
    set_up()
    if settings.redis_url is None:
        raise SettingsError("LOCKSTITCH_REDIS_URL is not set; `lockstitch serve` needs no broker.")
    share(settings.metrics_dir)
    tracing.set_up(settings.traces_url, "web")
    _LOG.info(who_may_see(settings))
    inbox = Inbox.open(settings.database_url)
    return create_app(settings, inbox, CeleryDispatcher(settings.redis_url))
