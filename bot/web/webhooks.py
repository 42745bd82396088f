"""``POST /webhooks/github`` and ``/webhooks/gitlab``: verify, store, wake, answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, jsonify, request

from bot.database import DatabaseAway
from bot.deliveries import MAX_BYTES, Delivery, Rejected, read
from bot.dispatch import Dispatcher
from bot.gitlab_deliveries import read as read_gitlab
from bot.inbox import Inbox
from bot.metrics import WEBHOOKS
from bot.rehoming import Rehoming
from bot.settings import Settings
from bot.stages import About, about, stage, word

Answer = tuple[Response, int]

_LOG: Final = logging.getLogger(__name__)


def create_blueprint(settings: Settings, inbox: Inbox, dispatcher: Dispatcher) -> Blueprint:
    """The webhook's route."""
    blueprint = Blueprint("webhooks", __name__)

    @blueprint.post("/webhooks/github")
    def github() -> Answer:
        return answer(lambda body: read(dict(request.headers), body, settings.webhook_secrets))

    @blueprint.post("/webhooks/gitlab")
    def gitlab() -> Answer:
        held = settings.gitlab.secrets
        return answer(lambda body: read_gitlab(dict(request.headers), body, held, time.time()))

    def answer(understand: Callable[[bytes], Delivery]) -> Answer:
        try:
            if (request.content_length or 0) > MAX_BYTES:
                raise Rejected(413, "The body is larger than 25 MB.")
            delivery = understand(request.get_data())
        except Rejected as rejected:
            _LOG.warning("webhook refused status=%d reason=%s", rejected.status, rejected.reason)
            WEBHOOKS.labels(str(rejected.status)).inc()
            return jsonify({"error": rejected.reason}), rejected.status
        try:
            # Before it is remembered: a delivery that ends half-way is done again, whole.
            for woken in Rehoming(inbox.engine, inbox.clock, delivery.forge).apply(delivery.homes):
                dispatcher.wake(woken)
            row = _kept(inbox, delivery)
        except DatabaseAway:
            _LOG.exception("webhook not stored delivery=%s", delivery.id)
            WEBHOOKS.labels("503").inc()
            return jsonify({"error": "The delivery could not be stored; send it again."}), 503
        WEBHOOKS.labels("202").inc()
        words = map(word, (delivery.id, delivery.event, delivery.action))
        _LOG.info("webhook delivery=%s event=%s action=%s", *words)
        if row is not None:
            dispatcher.wake(row)
        return jsonify({"stored": True, "ignored": row is None}), 202

    return blueprint


def _kept(inbox: Inbox, delivery: Delivery) -> int | None:
    wish = delivery.wish
    what = About(delivery.id)
    if wish is not None:
        what = About(delivery.id, wish.repository, wish.number, wish.head_sha)
    with about(what), stage("store"):
        return inbox.accept(delivery)
