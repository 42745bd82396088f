"""The application factory. Nothing happens at import."""

from __future__ import annotations

import logging
from typing import Final

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from bot.backlog import Backlog
from bot.deliveries import MAX_BYTES
from bot.dispatch import Dispatcher
from bot.inbox import Inbox
from bot.ledger import Ledger
from bot.settings import Settings

from . import figures, health, rule_pages, statistics_page, webhooks

_LOG: Final = logging.getLogger(__name__)


def create_app(settings: Settings, inbox: Inbox, dispatcher: Dispatcher) -> Flask:
    """Raises ``SettingsError`` where there is no webhook secret."""
    settings.needs_secret()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    app.register_blueprint(webhooks.create_blueprint(settings, inbox, dispatcher))
    app.register_blueprint(health.create_blueprint(inbox, dispatcher))
    app.register_blueprint(rule_pages.create_blueprint())
    ledger = Ledger(inbox.engine, inbox.clock)
    app.register_blueprint(statistics_page.create_blueprint(settings, ledger))
    app.register_blueprint(figures.create_blueprint(settings, Backlog(inbox.engine, inbox.clock)))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> tuple[Response, int]:
        """The web edge: a plain sentence outside, the trace in the log."""
        if isinstance(error, HTTPException):
            return jsonify({"error": error.description}), error.code or 500
        _LOG.error("request failed", exc_info=error)
        return jsonify({"error": "The bot failed; its log says how."}), 500

    return app
