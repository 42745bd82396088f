"""An inbox on each of the two databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.database import migrate, open_database
from bot.inbox import Inbox
from tests.servers import empty_database
from tests.service.queue import Clock


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    server: str = request.getfixturevalue("postgres_server")
    return empty_database(server)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(url: str, clock: Clock) -> Iterator[Inbox]:
    migrate(url)
    engine = open_database(url)
    yield Inbox(engine, clock)
    engine.dispose()
