"""``POST /webhooks/github``: verify, store, wake, answer. Work belongs to the worker."""

from __future__ import annotations

import logging
from typing import Final

from flask import Blueprint, Response, jsonify, request

from bot.database import DatabaseAway
from bot.deliveries import MAX_BYTES, Rejected, read
from bot.dispatch import Dispatcher
from bot.inbox import Inbox
from bot.settings import Settings

_LOG: Final = logging.getLogger(__name__)


def create_blueprint(settings: Settings, inbox: Inbox, dispatcher: Dispatcher) -> Blueprint:
    """The webhook's route."""
    blueprint = Blueprint("webhooks", __name__)

    @blueprint.post("/webhooks/github")
    def github() -> tuple[Response, int]:
        try:
            if (request.content_length or 0) > MAX_BYTES:
                raise Rejected(413, "The body is larger than 25 MB.")
            delivery = read(dict(request.headers), request.get_data(), settings.webhook_secrets)
        except Rejected as rejected:
            _LOG.warning("webhook refused status=%d reason=%s", rejected.status, rejected.reason)
            return jsonify({"error": rejected.reason}), rejected.status
        try:
            row = inbox.accept(delivery)
        except DatabaseAway:
            _LOG.exception("webhook not stored delivery=%s", delivery.id)
            return jsonify({"error": "The delivery could not be stored; send it again."}), 503
        _LOG.info(
            "webhook delivery=%s event=%s action=%s", delivery.id, delivery.event, delivery.action
        )
        if row is not None:
            dispatcher.wake(row)
        return jsonify({"stored": True, "ignored": row is None}), 202

    return blueprint
