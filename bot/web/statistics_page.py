"""``GET /stats``: the same figures as ``lockstitch stats``, as a page for the operator alone."""

from __future__ import annotations

import secrets
import time
from typing import Final

from flask import Blueprint, Response, abort, make_response, render_template, request

from bot import period
from bot.database import DatabaseAway
from bot.formats.of_statistics import ALL, duration
from bot.ledger import Ledger
from bot.settings import Settings
from bot.statistics import Statistics

from .access import for_the_operator

_COUNTS: Final = (
    ("offered", "Offered", "Findings that were shown to an author"),
    ("fixes", "With a fix", "Of these, with a suggestion or a commit"),
    ("accepted", "Accepted", "The fix as it was offered, byte for byte"),
    ("edited", "Edited", "The fix was taken and changed"),
    ("otherwise", "Other way", "Gone, and not by what was offered"),
    ("dismissed", "Dismissed", "Somebody resolved the thread and the finding stayed"),
    ("merged", "Merged", "Merged with the finding"),
    ("closed", "Closed", "Closed with the finding, not merged"),
    ("open", "Open", "Still there"),
)


def create_blueprint(settings: Settings, ledger: Ledger) -> Blueprint:
    """The page."""
    blueprint = Blueprint("statistics", __name__)

    @blueprint.get("/stats")
    def stats() -> Response:
        since, repository = request.args.get("since", ""), request.args.get("repo", "")
        try:
            begin = period.since(since, time.time()) if since else 0.0
            found = Statistics.of(ledger.told(begin, repository or None))
        except ValueError as error:
            abort(400, str(error))
        except DatabaseAway:
            abort(503, "The database does not answer.")
        nonce = secrets.token_urlsafe(16)
        page = render_template(
            "stats.html",
            found=found,
            counts=_COUNTS,
            duration=duration,
            all=ALL,
            since=since,
            repository=repository,
            how=period.HOW,
            nonce=nonce,
        )
        return _guarded(make_response(page), nonce)

    return for_the_operator(blueprint, settings)


def _guarded(response: Response, nonce: str) -> Response:
    """Nothing is loaded, framed or kept."""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
