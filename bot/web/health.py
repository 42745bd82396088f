"""``/healthz``: the process is there. ``/readyz``: it can do its work, and what that needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, jsonify, request

from bot.database import DatabaseAway, is_current
from bot.dispatch import Dispatcher
from bot.inbox import Inbox
from bot.vitals import NAMES, Vital, Vitals

_GOOD: Final = Vital(True)
_AWAY: Final = Vital(False, "The database does not answer.")
_KEPT_SECONDS: Final = 2.0
"""A broker that is away takes a second to say so, and probes come often."""


def create_blueprint(inbox: Inbox, dispatcher: Dispatcher) -> Blueprint:
    """Both probes. ``/readyz?only=database`` asks whether deliveries can be accepted."""
    blueprint = Blueprint("health", __name__)
    broker = _Kept(dispatcher.reaches_workers)

    def look() -> dict[str, Vital]:
        found = {"database": _database(inbox), "broker": _broker(broker())}
        return found | _vitals(inbox, found["database"])

    @blueprint.get("/healthz")
    def alive() -> Response:
        return jsonify({"alive": True})

    @blueprint.get("/readyz")
    def ready() -> tuple[Response, int]:
        only = request.args.get("only")
        found = {"database": _database(inbox)} if only == "database" else look()
        is_ready = all(vital.is_good for vital in found.values())
        checks = {name: "good" if vital.is_good else vital.says for name, vital in found.items()}
        reasons = [vital.says for vital in found.values() if not vital.is_good]
        said = {"ready": is_ready, "checks": checks}
        if reasons:
            said["reason"] = " ".join(reasons)
        return jsonify(said), 200 if is_ready else 503

    return blueprint


def _database(inbox: Inbox) -> Vital:
    try:
        if is_current(inbox.engine):
            return _GOOD
    except DatabaseAway:
        return _AWAY
    return Vital(False, "The database schema is not current; run `lockstitch migrate`.")


def _broker(is_there: bool) -> Vital:  # noqa: FBT001 - what was found out, and nothing else
    said = "The broker does not answer; work goes on more slowly, and nothing is lost."
    return _GOOD if is_there else Vital(False, said)


def _vitals(inbox: Inbox, database: Vital) -> dict[str, Vital]:
    if not database.is_good:
        return dict.fromkeys(NAMES, Vital(False, "Not known without the database."))
    try:
        return Vitals(inbox.engine, inbox.clock).read()
    except DatabaseAway:
        return dict.fromkeys(NAMES, _AWAY)


@dataclass(slots=True)
class _Kept:
    """An answer that is good for a moment."""

    ask: Callable[[], bool]
    _until: float = 0.0
    _answer: bool = False

    def __call__(self) -> bool:
        if time.monotonic() >= self._until:
            self._answer = self.ask()
            self._until = time.monotonic() + _KEPT_SECONDS
        return self._answer
