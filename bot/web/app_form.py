"""The page that sends somebody to GitHub with a manifest, and takes the code that comes back.

Listens on this machine only, for as long as it takes. Knows no key and no secret.
"""

from __future__ import annotations

import hmac
import json
import queue
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask, Response, abort, make_response, render_template, request

from .listener import Listener

_HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class AppForm:
    """A form that waits. ``url`` is where to open it."""

    url: str
    _codes: queue.Queue[str] = field(repr=False)

    def code(self, seconds: float) -> str | None:
        """The code that GitHub gave; None where nobody came in time."""
        try:
            return self._codes.get(timeout=seconds)
        except queue.Empty:
            return None


@contextmanager
def open_form(
    target: Callable[[str], str], manifest: Callable[[str], dict[str, Any]], port: int = 0
) -> Iterator[AppForm]:
    """Serve the form while this is open.

    ``target`` makes the form's address from a state that has to come back; ``manifest`` makes the
    App's description from the address that the code is to come to.
    """
    app, codes, state = Flask(__name__), queue.Queue[str](), secrets.token_urlsafe(24)
    here: Future[str] = Future()

    @app.get("/")
    def form() -> Response:
        wanted = json.dumps(manifest(f"{here.result()}/created"))
        return _plain(render_template("app_form.html", target=target(state), manifest=wanted))

    @app.get("/created")
    def created() -> Response:
        given, code = request.args.get("state", ""), request.args.get("code", "")
        if not code or not hmac.compare_digest(given.encode(), state.encode()):
            abort(400, "This is not the answer to the form that was opened here.")
        codes.put(code)
        return _plain(render_template("app_created.html"))

    # After its routes: a browser may be asking for them the moment this listens.
    listener = Listener(app, _HOST, port, threads=2)
    here.set_result(listener.url)
    try:
        yield AppForm(f"{listener.url}/", codes)
    finally:
        listener.stop()


def _plain(page: str) -> Response:
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
