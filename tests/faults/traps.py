"""A layer before the sandbox that does something when a request passes, before or after it."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.server import Sandbox

Application = Callable[..., Iterable[bytes]]


@dataclass(slots=True)
class Trap:
    """What to do on a request that holds ``match``; once, or as often as it says."""

    match: str
    spring: Callable[[], None]
    is_after: bool = False
    times: int = 1
    sprung: int = 0


@dataclass(slots=True)
class Broken:
    """Answers instead of the sandbox, by the number of a request of the API since it is there."""

    is_meant: Callable[[int], bool]
    status: int
    body: bytes = b'{"message": "Server Error"}'
    seen: int = 0
    met: int = 0

    def takes(self) -> bool:
        """Whether this request is one of them."""
        self.seen += 1
        is_met = self.is_meant(self.seen)
        self.met += is_met
        return is_met

    def answer(self, start_response: Callable[..., Any]) -> list[bytes]:
        """The wrong answer."""
        kind = "application/json" if self.body.startswith(b"{") else "text/html"
        start_response(f"{self.status} Broken", [("Content-Type", kind)])
        return [self.body]


def drip(start_response: Callable[..., Any], seconds: float) -> Iterator[bytes]:
    """An answer of which a byte comes now and then, so that nobody can call it silent."""
    start_response("200 OK", [("Content-Type", "application/json")])
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        yield b" "
        time.sleep(1)


@dataclass(slots=True)
class Traps:
    """WSGI around the sandbox."""

    application: Application
    held: list[Trap] = field(default_factory=list)
    broken: Broken | None = None
    drips: float = 0.0
    """Seconds that every answer of the API takes to come, if any; it never comes whole."""
    dripping: int = 0

    @classmethod
    def around(cls, sandbox: Sandbox) -> Traps:
        """Put the layer on."""
        traps = cls(sandbox.app.wsgi_app)
        sandbox.app.wsgi_app = traps  # type: ignore[method-assign] # Flask's own way to add a layer
        return traps

    def set(
        self, match: str, spring: Callable[[], None], *, is_after: bool, times: int = 1
    ) -> Trap:
        """A trap on requests whose *METHOD path body* holds ``match``."""
        trap = Trap(match, spring, is_after, times)
        self.held.append(trap)
        return trap

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        sent = environ["wsgi.input"].read(size)
        environ["wsgi.input"] = io.BytesIO(sent)
        request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {sent.decode()}"
        if self.drips and "/api/" in request:
            self.dripping += 1
            return drip(start_response, self.drips)
        met = [t for t in self.held if t.match in request and t.sprung < t.times]
        if self.broken is not None and "/api/" in request and self.broken.takes():
            return self.broken.answer(start_response)
        for trap in met:
            trap.sprung += 1
            if not trap.is_after:
                trap.spring()
        answer = list(self.application(environ, start_response))
        for trap in met:
            if trap.is_after:
                trap.spring()
                # The change is made, and nobody hears of it.
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer
