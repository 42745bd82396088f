"""``/healthz``: the process is there. ``/readyz``: it can do its work."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from bot.database import DatabaseAway, is_current
from bot.inbox import Inbox


def create_blueprint(inbox: Inbox) -> Blueprint:
    """Both probes."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def alive() -> Response:
        return jsonify({"alive": True})

    @blueprint.get("/readyz")
    def ready() -> tuple[Response, int]:
        try:
            is_ready = is_current(inbox.engine)
        except DatabaseAway:
            return jsonify({"ready": False, "reason": "The database does not answer."}), 503
        if not is_ready:
            reason = "The database schema is not current; run `lockstitch migrate`."
            return jsonify({"ready": False, "reason": reason}), 503
        return jsonify({"ready": True}), 200

    return blueprint
