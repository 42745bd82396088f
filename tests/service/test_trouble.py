"""Rows in trouble: put off, held, doomed, concluded, dead, and tried again."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import text

from bot.backlog import KEEP_SECONDS, Backlog
from bot.database import open_database
from bot.dispatch import UNEXPECTED, jitter, run_one
from bot.engine import EngineStopped
from bot.forge.errors import Gone, RateLimited, Refused, Unreachable
from bot.inbox import CRASHED, DEADLINE_SECONDS, LEASE_SECONDS, MAX_ATTEMPTS, Inbox, WorkItem
from bot.worker import create_celery, in_time
from tests.service.queue import Clock, delivery


class Trouble:
    """Work that raises what it is told to, and a conclusion that may."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.concluded: list[str] = []
        self.refusals: list[Exception] = []

    def __call__(self, item: WorkItem) -> None:
        if self.errors:
            raise self.errors.pop(0)

    def give_up(self, item: WorkItem, reason: str) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.concluded.append(reason)


def leased(inbox: Inbox) -> WorkItem:
    item = inbox.lease()
    assert item is not None
    return item


def drain(inbox: Inbox, trouble: Trouble, clock: Clock, *, steps: int = 30) -> None:
    """Run whatever may run, and move the clock on to the next row that was put off."""
    for _ in range(steps):
        item = inbox.lease()
        if item is not None:
            run_one(inbox, item, trouble, trouble.give_up)
            continue
        due = inbox.next_due()
        if due is None:
            return
        clock.now += due + 0.001


def test_work_that_kills_its_process_is_tried_three_times_then_concluded(
    inbox: Inbox, clock: Clock
) -> None:
    inbox.accept(delivery(1))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        item = leased(inbox)
        assert (item.attempts, item.doomed) == (attempt, "")
        clock.now += LEASE_SECONDS + 1
    trouble = Trouble(ValueError("the work is not even begun"))
    drain(inbox, trouble, clock)
    assert trouble.concluded == [CRASHED]
    assert len(trouble.errors) == 1
    assert [row.reason for row in Backlog(inbox.engine, clock).dead()] == [CRASHED]


def test_an_attempt_that_celery_stops_counts_and_is_said(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    trouble = Trouble(*[SoftTimeLimitExceeded() for _ in range(MAX_ATTEMPTS + 1)])
    for attempt in range(1, MAX_ATTEMPTS + 1):
        item = leased(inbox)
        assert item.attempts == attempt
        run_one(inbox, item, in_time(trouble), trouble.give_up)
        clock.now += (inbox.next_due() or 0.0) + 0.001
    drain(inbox, trouble, clock)
    assert trouble.concluded == ["An attempt took longer than 90 seconds, so it was stopped."]
    assert len(trouble.errors) == 1
    conf = create_celery("redis://127.0.0.1:9/0").conf
    assert (conf.task_soft_time_limit, conf.task_time_limit) == (90, 120)


def test_a_check_is_concluded_even_if_the_forge_is_away_just_then(
    inbox: Inbox, clock: Clock
) -> None:
    inbox.accept(delivery(1))
    trouble = Trouble(EngineStopped("too much memory"))
    trouble.refusals = [Unreachable("down"), RateLimited("wait", 40.0), Unreachable("down")]
    began = clock.now
    drain(inbox, trouble, clock)
    assert trouble.concluded == ["too much memory"]
    assert clock.now >= began + 40
    assert inbox.lease() is None


def test_what_cannot_be_concluded_is_left_to_a_person(inbox: Inbox, clock: Clock) -> None:
    row = inbox.accept(delivery(1))
    trouble = Trouble(Refused("GitHub did not accept the credentials."))
    trouble.refusals = [Refused("still not")]
    drain(inbox, trouble, clock)
    backlog = Backlog(inbox.engine, clock)
    (dead,) = backlog.dead()
    assert (dead.id, dead.pull, dead.kind) == (row, "acme/ml#1", "review")
    assert dead.reason == "GitHub did not accept the credentials."
    assert row is not None
    assert backlog.retry(row) == (row,)
    assert backlog.retry(row) == ()
    drain(inbox, Trouble(), clock)
    assert backlog.depth().ready == backlog.depth().dead == 0


def test_a_pull_request_that_is_gone_leaves_nothing_behind(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    trouble = Trouble(Gone("404"))
    trouble.refusals = [Gone("404")]
    drain(inbox, trouble, clock)
    assert Backlog(inbox.engine, clock).depth().dead == 0
    assert inbox.lease() is None


def test_an_outage_is_no_fault_of_the_row_until_its_deadline(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    trouble = Trouble(*[Unreachable("GitHub failed with 502.") for _ in range(200)])
    began = clock.now
    drain(inbox, trouble, clock, steps=400)
    assert 200 - len(trouble.errors) > MAX_ATTEMPTS
    (reason,) = trouble.concluded
    assert reason == "There was no result in time. GitHub failed with 502."
    assert DEADLINE_SECONDS < clock.now - began < DEADLINE_SECONDS + 301


def test_asked_to_wait_the_whole_owner_waits_and_no_longer(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    inbox.accept(delivery(2))
    inbox.accept(delivery(1, repository="quiet/ml"))
    item = leased(inbox)
    run_one(inbox, item, Trouble(RateLimited("secondary", 700.0)), Trouble().give_up)
    quiet = leased(inbox)
    assert quiet.wish.repository == "quiet/ml"
    inbox.finish(quiet)
    assert inbox.lease() is None
    clock.now += 699
    assert inbox.lease() is None
    clock.now += 2
    assert {leased(inbox).attempts, leased(inbox).attempts} == {1}


def test_a_wait_of_the_forge_moves_the_deadline_by_an_hour_at_most(
    inbox: Inbox, clock: Clock
) -> None:
    inbox.accept(delivery(1))
    trouble = Trouble(RateLimited("until the reset", 3000.0))
    drain(inbox, trouble, clock)
    assert trouble.concluded == []
    inbox.accept(delivery(2))
    trouble = Trouble(*[RateLimited("again", 1300.0) for _ in range(5)])
    began = clock.now
    drain(inbox, trouble, clock)
    assert trouble.concluded == ["There was no result in time. again"]
    assert 3600 <= clock.now - began <= 3600 + 1301


def test_trouble_of_an_old_generation_says_nothing_of_the_new_one(
    inbox: Inbox, clock: Clock
) -> None:
    inbox.accept(delivery(1, "a"))
    old = leased(inbox)
    inbox.accept(delivery(1, "b"))
    assert not inbox.bury(old, "hopeless")
    clock.now += 1
    new = leased(inbox)
    assert (new.generation, new.attempts, new.doomed) == (2, 1, "")


def test_the_words_of_an_unknown_error_stay_in_the_log(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1))
    trouble = Trouble(*[KeyError("ghp_secret") for _ in range(3)])
    drain(inbox, trouble, clock)
    assert trouble.concluded == [UNEXPECTED]


def test_jitter_is_full_and_bounded() -> None:
    for tries, ceiling in ((1, 4.0), (3, 16.0), (8, 300.0), (5_000, 300.0)):
        drawn = [jitter(tries) for _ in range(400)]
        assert 0 <= min(drawn) < ceiling * 0.1
        assert ceiling * 0.9 < max(drawn) <= ceiling


def test_how_soon_is_a_setting(inbox: Inbox, clock: Clock) -> None:
    hasty = replace(inbox, retry_seconds=0.25)
    hasty.accept(delivery(1))
    trouble = Trouble(*[Unreachable("away") for _ in range(4)])
    for ceiling in (0.25, 0.5, 1.0, 2.0):
        run_one(hasty, leased(hasty), trouble, trouble.give_up)
        due = hasty.next_due() or 0.0
        assert 0.0 <= due <= ceiling
        clock.now += due + 0.001


def test_owners_take_turns(inbox: Inbox, clock: Clock) -> None:
    for number in range(1, 21):
        inbox.accept(delivery(number, repository="noisy/ml"))
    inbox.accept(delivery(1, repository="quiet/ml"))
    inbox.accept(delivery(2, repository="quiet/ml"))
    served = []
    for _ in range(5):
        item = leased(inbox)
        clock.now += 1
        inbox.finish(item)
        served.append(item.wish.repository.split("/")[0])
    assert served.count("quiet") == 2
    assert served[:4] in (["noisy", "quiet"] * 2, ["quiet", "noisy"] * 2)


def test_rows_of_one_pull_request_never_run_side_by_side(inbox: Inbox) -> None:
    """Several processes choose at the same moment."""
    inbox.accept(delivery(1))
    for number in range(8):
        inbox.accept(delivery(1, f"command-{number}", body="/lockstitch help"))
    taken: list[WorkItem | None] = []
    barrier = threading.Barrier(6)

    def take() -> None:
        mine = Inbox(open_database(inbox.engine.url.render_as_string(hide_password=False)))
        barrier.wait()
        taken.append(Inbox(mine.engine, inbox.clock).lease())
        mine.engine.dispose()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 6
    assert len([item for item in taken if item is not None]) == 1


def test_what_is_long_done_is_forgotten(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(delivery(1, "old"))
    inbox.accept(delivery(1, "spoken", body="/lockstitch help"))
    inbox.finish(leased(inbox))
    inbox.finish(leased(inbox))
    backlog = Backlog(inbox.engine, clock)
    clock.now += KEEP_SECONDS - 1
    assert backlog.forget() == 0
    inbox.accept(delivery(2, "new"))
    clock.now += 2
    assert backlog.forget() == 3
    with inbox.engine.connect() as connection:
        kept = connection.execute(text("SELECT delivery_id FROM deliveries")).scalars().all()
        rows = connection.execute(text("SELECT key FROM work ORDER BY id")).scalars().all()
    assert kept == ["new"]
    assert rows == ["review:github:acme/ml#1", "review:github:acme/ml#2"]


def test_depth_counts_each_row_once(inbox: Inbox, clock: Clock) -> None:
    for number in (1, 2, 3, 4):
        inbox.accept(delivery(number))
        clock.now += 10
    inbox.bury(leased(inbox), "no")
    inbox.retry(leased(inbox), 50, "later")
    leased(inbox)
    depth = Backlog(inbox.engine, clock).depth()
    assert (depth.ready, depth.running, depth.put_off, depth.dead) == (1, 1, 1, 1)
    assert depth.oldest == pytest.approx(30)
