"""One running bot for all threats, a repository for each; and an address nobody may visit."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from tests.journeys.conftest import Journey, begin


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with begin("embedded", tmp_path_factory.mktemp("threats")) as started:
        yield started


@pytest.fixture
def journey(running: Journey, request: pytest.FixtureRequest) -> Journey:
    test = re.sub(r"\W+", "-", request.node.name.removeprefix("test_threat_")).rstrip("-")
    repo = running.sandbox.forge.create_repository(f"acme/{test}", {"dana": "write"})
    return replace(running, repo=repo)


@dataclass(slots=True)
class Canary:
    """An address that a hostile change names; every visit is kept."""

    url: str = ""
    visits: list[str] = field(default_factory=list)


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary()

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bird.visits.append(self.path)
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    bird.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield bird
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)
