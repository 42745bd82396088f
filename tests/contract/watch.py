"""Listens at a sandbox's door and holds everything that passes against the description."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bot.sandbox.server import Sandbox
from tests.contract.checker import Exchange, problems, webhook_problems

Start = Callable[..., Any]
PREFIX = "/api/v3"


class Watch:
    """A WSGI layer that keeps every exchange of the API."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, raw: bool = False) -> None:
        self.app = app
        self.raw = raw
        """Paths are kept as they were sent: GitLab has whole paths in one segment."""
        self.exchanges: list[Exchange] = []

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith("/api/"):
            return self.app(environ, start_response)
        size = int(environ.get("CONTENT_LENGTH") or 0)
        sent = environ["wsgi.input"].read(size)
        environ["wsgi.input"] = io.BytesIO(sent)
        statuses: list[int] = []

        def start(status: str, *rest: Any) -> Any:
            statuses.append(int(status.split()[0]))
            return start_response(status, *rest)

        chunks = self.app(environ, start)
        body = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        self.exchanges.append(
            Exchange(
                environ["REQUEST_METHOD"],
                environ["RAW_URI"].partition("?")[0] if self.raw else path.removeprefix(PREFIX),
                environ.get("QUERY_STRING", ""),
                _json(sent),
                statuses[0],
                _json(body),
            )
        )
        return [body]


def _json(data: bytes) -> Any:
    """What was said; what is no JSON is left for the description to refuse."""
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode(errors="replace")


@contextmanager
def watched(sandbox: Sandbox) -> Iterator[Watch]:
    """Everything the sandbox hears, answers and sends while this is open is as GitHub describes."""
    watch = Watch(sandbox.app.wsgi_app)
    sandbox.app.wsgi_app = watch  # type: ignore[method-assign] # Flask's own way to add a layer
    yield watch
    sandbox.forge.hooks.settle()
    found = [problem for exchange in watch.exchanges for problem in problems(exchange)]
    for delivery in list(sandbox.forge.hooks.log):
        found += webhook_problems(delivery.event, delivery.payload)
    shown = sorted(set(found))
    assert not shown, "\n".join([f"{len(shown)} breaches of GitHub's description:", *shown[:40]])
