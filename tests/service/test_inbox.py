"""The queue of record on SQLite and PostgreSQL: once each, in order, and never lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.database import METADATA, is_current, migrate, open_database
from bot.deliveries import Delivery, Wish
from bot.dispatch import EmbeddedDispatcher, Fail, Hold, Retry, decide, run_one
from bot.forge.errors import Gone, HeadMoved, RateLimited, Refused, Unreachable
from bot.inbox import DEBOUNCE_SECONDS, LEASE_SECONDS, MAX_ATTEMPTS, Inbox, WorkItem
from bot.sweeper import sweep
from tests.service.queue import Clock, delivery


def test_a_delivery_is_kept_once(inbox: Inbox) -> None:
    assert inbox.accept(Delivery("x", "ping", "", None)) is None
    row = inbox.accept(delivery(1))
    assert inbox.accept(delivery(1)) == row
    item = inbox.lease()
    assert item is not None
    assert (item.wish.number, item.generation, item.attempts) == (1, 1, 1)
    inbox.finish(item)
    assert inbox.accept(delivery(1)) is None
    assert inbox.lease() is None


def test_the_same_delivery_in_parallel_is_one_row(inbox: Inbox) -> None:
    rows: list[int | None] = []
    threads = [
        threading.Thread(target=lambda: rows.append(inbox.accept(delivery(4)))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 5
    assert len(set(rows)) == 1
    item = inbox.lease()
    assert item is not None
    assert item.generation == 1


def test_the_latest_push_wins_after_a_short_wait(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1, "a"))
    item = inbox.lease()
    assert item is not None
    assert inbox.is_current(item)
    inbox.accept(delivery(1, "b"))
    inbox.accept(delivery(1, "c"))
    assert not inbox.is_current(item)
    assert inbox.lease() is None
    inbox.finish(item)
    assert inbox.lease() is None
    assert inbox.next_due() == pytest.approx(DEBOUNCE_SECONDS)
    clock.now += DEBOUNCE_SECONDS
    newer = inbox.lease()
    assert newer is not None
    assert newer.generation == 3


def wanted(number: int, *, for_head: bool) -> Delivery:
    wish = Wish("acme/ml", number, for_head=for_head)
    return Delivery(f"{number}-{for_head}", "pull_request", "", wish)


def test_a_run_that_is_told_of_its_own_head_again_goes_on(inbox: Inbox, clock: Clock) -> None:
    for number in (1, 2):
        inbox.accept(Delivery(f"{number}", "", "", Wish("acme/ml", number, for_head=True)))
    of_head, asked = inbox.lease(), inbox.lease()
    assert of_head is not None
    assert asked is not None
    inbox.accept(wanted(1, for_head=True))
    inbox.accept(wanted(2, for_head=False))
    assert (inbox.may_speak(of_head), inbox.is_current(of_head)) == (True, False)
    assert not inbox.may_speak(asked)
    clock.now += LEASE_SECONDS + 1
    assert inbox.lease() is not None
    assert not inbox.may_speak(of_head)


def test_one_pull_request_is_worked_on_once_at_a_time(inbox: Inbox) -> None:
    inbox.accept(delivery(1))
    inbox.accept(delivery(1, "command", body="/lockstitch fix"))
    inbox.accept(delivery(2))
    first, second = inbox.lease(), inbox.lease()
    assert first is not None
    assert second is not None
    assert (first.wish.number, second.wish.number) == (1, 2)
    assert inbox.lease() is None
    inbox.finish(first)
    third = inbox.lease()
    assert third is not None
    assert third.wish.body == "/lockstitch fix"


def test_a_lease_ends_and_the_old_holder_is_told_apart(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    old = inbox.lease()
    assert old is not None
    assert inbox.lease() is None
    clock.now += LEASE_SECONDS + 1
    new = inbox.lease()
    assert new is not None
    assert new.attempts == 2
    assert not inbox.is_current(old)
    assert not inbox.finish(old)
    assert not inbox.renew(old)
    assert inbox.finish(new)


def test_a_retry_waits_and_a_dead_row_is_opened_again(inbox: Inbox, clock: Clock) -> None:
    row = inbox.accept(delivery(1))
    item = inbox.lease()
    assert item is not None
    assert row is not None
    inbox.retry(item, 30, "later")
    assert inbox.lease() is None
    clock.now += 31
    item = inbox.lease()
    assert item is not None
    inbox.bury(item, "never")
    assert inbox.is_dead(row)
    assert inbox.waiting() == ()
    assert inbox.accept(delivery(1)) == row
    assert inbox.waiting() == (row,)


def test_the_schema_is_the_one_the_code_declares(inbox: Inbox, url: str) -> None:
    assert is_current(inbox.engine)
    migrate(url)
    with inbox.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert differences == []


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    inbox = Inbox(open_database(url))
    inbox.accept(delivery(1))
    code = (
        "import sys, time; from bot.database import open_database; from bot.inbox import Inbox; "
        "item = Inbox(open_database(sys.argv[1])).lease(); print(item.token, flush=True); "
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, url],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == b"1"
        worker.send_signal(signal.SIGKILL)
    assert inbox.lease() is None
    done: list[WorkItem] = []
    dispatcher = EmbeddedDispatcher(inbox, done.append, lambda *_: None)
    dispatcher.start()
    dispatcher.wake(1)
    ended = threading.Event()
    for _ in range(500):
        if done:
            break
        ended.wait(0.02)
    dispatcher.stop()
    assert [item.wish.number for item in done] == [1]
    assert inbox.waiting() == ()
    inbox.engine.dispose()


def test_a_failing_row_is_tried_three_times_then_given_up(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    given_up: list[str] = []

    def fail(item: WorkItem) -> None:
        raise ValueError(item.wish.repository)

    for _ in range(MAX_ATTEMPTS + 1):
        assert given_up == []
        clock.now += 30
        item = inbox.lease()
        assert item is not None
        run_one(inbox, item, fail, lambda _, reason: given_up.append(reason))
    clock.now += 1000
    assert inbox.lease() is None
    assert len(given_up) == 1
    assert "acme" not in given_up[0]


def test_errors_decide_what_happens_next() -> None:
    assert decide(RateLimited("wait", 17.0), 1) == Hold(17.0)
    assert isinstance(decide(HeadMoved("x"), 2), Retry)
    assert decide(Refused("no"), 1) == Fail("no")
    assert decide(Gone("gone"), 1) == Fail("gone")
    away = decide(Unreachable("down"), 3)
    assert isinstance(away, Retry)
    assert not away.counts
    assert isinstance(decide(KeyError("bug"), 3), Fail)


def test_the_sweeper_wakes_what_waits(inbox: Inbox) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.rows: list[int] = []

        def start(self) -> None: ...

        def reaches_workers(self) -> bool:
            return True

        def stop(self) -> None: ...

        def wake(self, row: int) -> None:
            self.rows.append(row)

    recorder = Recorder()
    rows = [inbox.accept(delivery(number)) for number in (1, 2, 3)]
    taken = inbox.lease()
    assert taken is not None
    assert sweep(inbox, recorder) == 2
    assert recorder.rows == rows[1:]


def test_a_write_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    engine = open_database(url)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    engine.dispose()
