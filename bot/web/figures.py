"""``GET /metrics``: the figures of these processes and of the queue, for the operator alone."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Flask, Response

from bot import metrics
from bot.backlog import Backlog
from bot.database import DatabaseAway
from bot.settings import Settings

from .access import for_the_operator
from .listener import Listener


def create_blueprint(settings: Settings, backlog: Backlog | None) -> Blueprint:
    """The route. Without a backlog, figures of this pod's processes only."""
    blueprint = Blueprint("figures", __name__)

    def depth() -> metrics.Depth | None:
        assert backlog is not None
        try:
            return asdict(backlog.depth())
        except DatabaseAway:
            return None

    @blueprint.get("/metrics")
    def show() -> Response:
        text = metrics.exposition(depth if backlog else None, settings.metrics_dir)
        return Response(text, content_type=metrics.CONTENT_TYPE)

    return for_the_operator(blueprint, settings)


def show(settings: Settings) -> Listener | None:
    """Listen for nothing but this, in a process that answers nothing else; None without a port."""
    if settings.metrics_port is None:
        return None
    app = Flask(__name__)
    app.register_blueprint(create_blueprint(settings, None))
    return Listener(app, settings.host, settings.metrics_port, threads=1)
