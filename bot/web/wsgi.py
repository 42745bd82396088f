"""``bot.web.wsgi:create()``: what gunicorn runs in production. Work goes to Celery."""

from __future__ import annotations

import os

from flask import Flask

from bot.database import open_database
from bot.inbox import Inbox
from bot.logs import set_up
from bot.settings import Settings, SettingsError
from bot.worker import CeleryDispatcher

from .app import create_app


def create() -> Flask:
    """Raises ``SettingsError``: a server that cannot work does not start."""
    settings = Settings.from_environment(os.environ)
    set_up()
    if settings.redis_url is None:
        raise SettingsError("LOCKSTITCH_REDIS_URL is not set; `lockstitch serve` needs no broker.")
    inbox = Inbox(open_database(settings.database_url))
    return create_app(settings, inbox, CeleryDispatcher(settings.redis_url))
