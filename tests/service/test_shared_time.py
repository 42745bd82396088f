"""Whoever works on a database goes by one clock, which nobody turns meanwhile."""

from __future__ import annotations

import time

import pytest

from bot.database import DatabaseAway, open_database
from bot.inbox import Inbox
from bot.shared_time import Counted, time_of
from tests import servers
from tests.service.queue import Clock


def test_it_asks_now_and_then_and_counts_in_between() -> None:
    elapsed, wall = Clock(), Clock()
    now = Counted(wall, 10.0, elapsed)
    wall.now = 5_000.0
    assert now() == 5_000.0
    wall.now = 99_000.0
    elapsed.now += 9.0
    assert now() == 5_009.0
    elapsed.now += 1.0
    assert now() == 99_000.0


def test_who_was_told_once_counts_on_where_nobody_answers() -> None:
    elapsed, answers = Clock(), iter([7.0])

    def ask() -> float:
        try:
            return next(answers)
        except StopIteration:
            raise DatabaseAway("gone") from None

    now = Counted(ask, 10.0, elapsed)
    assert now() == 7.0
    elapsed.now += 100.0
    assert now() == 107.0
    with pytest.raises(DatabaseAway):
        Counted(ask, 10.0, elapsed)()


def test_it_is_the_servers(url: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this process takes for the time; SQLite has no other."""
    right = time.time()
    monkeypatch.setattr(time, "time", lambda: right + 600)
    ahead = 600 if url.startswith("sqlite") else 0
    assert time_of(inbox.engine)() == pytest.approx(right + ahead, abs=30)


def test_a_server_that_is_not_there_is_away() -> None:
    nobody = f"postgresql://postgres@127.0.0.1:{servers.free_port()}/nobody"
    engine = open_database(nobody)
    with pytest.raises(DatabaseAway):
        time_of(engine)()
    engine.dispose()
