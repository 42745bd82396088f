"""Requests of one owner keep within the forge's limits, and hold no other owner up."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from github import GithubException

from bot import shared_pace
from bot.dispatch import Hold, PutBack, decide, run_one
from bot.forge.errors import NotYet, Queued, RateLimited
from bot.forge.github_transport import translate
from bot.forge.pacer import Kind
from bot.inbox import DEADLINE_SECONDS, Inbox, WorkItem
from bot.pace import CONTENTS, POINTS, RESERVE, WRITES, Bucket, LocalSlots, Pace, Slots
from bot.sandbox.limits import Refusal
from bot.sandbox.meter import CONTENTS as THEIR_CONTENTS
from bot.sandbox.meter import HOUR, MINUTE, Meter
from bot.sandbox.meter import POINTS as THEIR_POINTS
from bot.shared_pace import SharedSlots
from tests import servers
from tests.service.queue import Clock, delivery


class Sleeper:
    """Sleeping moves the clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.slept = clock, 0.0

    def __call__(self, seconds: float) -> None:
        self.clock.now += seconds
        self.slept += seconds


def paced(clock: Clock) -> tuple[Pace, Sleeper]:
    sleeper = Sleeper(clock)
    return Pace(LocalSlots(clock), None, clock, sleeper), sleeper


def test_ours_keep_below_theirs() -> None:
    """Over any time at most the burst and the rate times it."""
    assert POINTS.burst + POINTS.per_second * MINUTE <= THEIR_POINTS.most
    in_a_minute, in_an_hour = (limit.most for limit in THEIR_CONTENTS)
    assert WRITES.burst + WRITES.per_second * MINUTE <= in_a_minute
    assert CONTENTS.burst + CONTENTS.per_second * HOUR <= in_an_hour


@pytest.mark.parametrize("bucket", [POINTS, WRITES, CONTENTS], ids=lambda bucket: bucket.name)
def test_no_window_holds_more_than_the_bucket_says(bucket: Bucket, clock: Clock) -> None:
    slots, let_in = LocalSlots(clock), []
    for _ in range(900):
        wait, is_booked = slots.book("a", bucket, 1, float("inf"))
        assert is_booked
        let_in.append(clock.now + wait)
        clock.now += 0.05
    for seconds in (1.0, 60.0, 3600.0):
        most = bucket.burst + bucket.per_second * seconds
        for first in range(0, 900, 37):
            inside = [at for at in let_in if let_in[first] <= at < let_in[first] + seconds]
            assert len(inside) <= most + 1e-6


def test_what_would_wait_too_long_takes_no_place(clock: Clock) -> None:
    slots = LocalSlots(clock)
    assert slots.book("a", WRITES, 1, 0.0) == (0.0, True)
    assert slots.book("a", WRITES, 1, 0.5) == pytest.approx((1.0, False))
    assert slots.book("a", WRITES, 1, 5.0) == pytest.approx((1.0, True))
    assert slots.book("a", WRITES, 1, 5.0) == pytest.approx((2.0, True))
    assert slots.book("b", WRITES, 1, 0.0) == (0.0, True)


def test_a_pace_of_zero_never_waits(clock: Clock) -> None:
    pace, sleeper = paced(clock)
    pace.pause = 0.0
    with pace.turn("a", "1"):
        for _ in range(2_000):
            pace.gate("a")
            pace.before(Kind.CONTENT)
    assert sleeper.slept == 0


def test_the_sandbox_refuses_nothing_that_was_paced(clock: Clock) -> None:
    """A thousand comments and as many conclusions, as fast as they may be."""
    pace, _ = paced(clock)
    meter, made, number = Meter(clock, most_an_hour=100_000), 0, 0
    while made < 1_000:
        number += 1
        with pace.turn("acme", f"{number}"):
            try:
                for kind in (Kind.READ, Kind.READ, Kind.CONTENT, Kind.CONTENT, Kind.WRITE):
                    pace.before(kind)
                    is_told = kind is Kind.CONTENT
                    meter.count("acme", writes=kind is not Kind.READ, is_content=is_told)
                    made += is_told
            except Queued as error:
                clock.now += error.retry_after
                number -= 1
    assert meter.refusals == []
    gaps = [b - a for a, b in zip(meter.writes["acme"], meter.writes["acme"][1:], strict=False)]
    assert min(gaps) > 0.999


def test_the_sandbox_refuses_what_was_not(clock: Clock) -> None:
    meter = Meter(clock)
    for _ in range(80):
        clock.now += 0.5
        meter.count("acme", writes=True, is_content=True)
    with pytest.raises(Refusal, match="secondary"):
        meter.count("acme", writes=True, is_content=True)
    meter.count("other", writes=True, is_content=True)
    assert meter.refusals == [("acme", "contents in 60 s")]


def test_a_place_far_ahead_is_kept_for_the_run_that_booked_it(clock: Clock) -> None:
    pace, sleeper = paced(clock)
    pace.slots.book("a:contents", CONTENTS, CONTENTS.burst + 10, float("inf"))
    with pace.turn("a", "first"), pytest.raises(Queued) as first:
        pace.before(Kind.CONTENT)
    with pace.turn("a", "second"), pytest.raises(Queued) as second:
        pace.before(Kind.CONTENT)
    assert first.value.retry_after == pytest.approx(120)
    assert second.value.retry_after == pytest.approx(140)
    clock.now += first.value.retry_after
    with pace.turn("a", "first"):
        pace.before(Kind.CONTENT)
        pace.before(Kind.CONTENT)
    assert sleeper.slept < 2
    with pace.turn("a", "second"):
        pace.before(Kind.CONTENT)
    assert sleeper.slept == pytest.approx(20, abs=2)


def test_the_last_requests_are_left_to_what_has_begun(clock: Clock) -> None:
    pace, _ = paced(clock)
    with pace.turn("a", "1"):
        pace.heard(RESERVE - 1, 900)
        pace.before(Kind.READ)
    with pytest.raises(NotYet) as refused:
        pace.gate("a")
    assert refused.value.retry_after == pytest.approx(900)
    pace.gate("b")
    clock.now += 901
    pace.gate("a")


def test_errors_of_our_own_pace_decide_who_waits() -> None:
    assert decide(NotYet("later", 7.0), 1) == PutBack(7.0)
    assert decide(Queued("later", 7.0), 1) == Hold(7.0, is_alone=True)


def test_the_forges_own_reset_says_how_long() -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 50)}
    error = translate(GithubException(403, {"message": "API rate limit exceeded"}, headers))
    assert isinstance(error, RateLimited)
    assert error.retry_after == pytest.approx(50, abs=3)


def refuse(error: Exception) -> None:
    raise error


def test_a_row_that_was_put_back_has_not_begun(inbox: Inbox, clock: Clock) -> None:
    for number in (1, 2):
        inbox.accept(delivery(number))
    inbox.accept(delivery(1, repository="quiet/ml"))
    item = inbox.lease()
    assert item is not None
    run_one(inbox, item, lambda _: refuse(NotYet("crowded", 50.0)), lambda *_: None)
    other = inbox.lease()
    assert other is not None
    assert other.wish.repository == "quiet/ml"
    assert inbox.lease() is None
    clock.now += DEADLINE_SECONDS * 3
    again = inbox.lease()
    assert again is not None
    assert (again.wish.number, again.attempts, again.doomed) == (1, 1, "")


def test_a_row_that_has_a_place_of_its_own_holds_no_other(inbox: Inbox, clock: Clock) -> None:
    for number in (1, 2):
        inbox.accept(delivery(number))
    item = inbox.lease()
    assert item is not None
    run_one(inbox, item, lambda _: refuse(Queued("said much", 1_500.0)), lambda *_: None)
    other = inbox.lease()
    assert other is not None
    assert other.wish.number == 2
    inbox.finish(other)
    clock.now += 1_501
    again = inbox.lease()
    assert again is not None
    assert (again.wish.number, again.attempts, again.doomed) == (1, 1, "")


class Turned(SharedSlots):
    """The real scripts in a real Redis, which go by a clock of ours."""

    def __init__(self, url: str, clock: Clock) -> None:
        super().__init__(url)
        self.clock = clock

    def book(self, key: str, bucket: Bucket, cost: float, most: float) -> tuple[float, bool]:
        self._redis.set(NOW, self.clock.now)
        return super().book(key, bucket, cost, most)


NOW = "the time of a test"


@pytest.fixture(params=["own", "shared"])
def slots(
    request: pytest.FixtureRequest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Slots]:
    """Places of one process, and those that several share; both by the clock."""
    if request.param == "own":
        yield LocalSlots(clock)
        return
    ours = f"{{redis.call('GET', '{NOW}'), 0}}"
    turned = shared_pace._BOOK.replace("redis.call('TIME')", ours)
    assert turned != shared_pace._BOOK
    monkeypatch.setattr(shared_pace, "_BOOK", turned)
    made = Turned(request.getfixturevalue("broker"), clock)
    yield made
    assert made._sulks_until == 0, "it was not asked"
    made._redis.flushall()
    made._redis.close()


def test_a_noisy_owner_delays_a_quiet_one_by_less_than_a_minute(
    inbox: Inbox, clock: Clock, slots: Slots
) -> None:
    """Two workers, 500 pull requests at once, and one of somebody else in the middle of it."""
    for number in range(1, 501):
        inbox.accept(delivery(number, repository="noisy/ml"))
    asked, concluded, is_asked = clock.now + 200, 0.0, False
    sleeper = Sleeper(clock)
    pace = Pace(slots, None, clock, sleeper)
    workers = [(clock.now, number) for number in range(2)]
    done = 0
    while not concluded:
        clock.now, who = heapq.heappop(workers)
        if clock.now >= asked and not is_asked:
            inbox.accept(delivery(1, repository="quiet/ml"))
            asked, is_asked = clock.now, True
        item = inbox.lease()
        if item is None:
            heapq.heappush(workers, (clock.now + min(1.0, inbox.next_due() or 1.0), who))
            continue
        run_one(inbox, item, lambda held: review(pace, held), lambda *_: None)
        done += 1
        if item.wish.repository == "quiet/ml":
            concluded = clock.now
        heapq.heappush(workers, (clock.now, who))
    assert concluded - asked < 60
    assert done > 25
    assert sleeper.slept > 0


def review(pace: Pace, item: WorkItem) -> None:
    owner = item.wish.repository.split("/")[0]
    pace.gate(owner)
    with pace.turn(owner, f"{item.id}"):
        for kind in (*[Kind.READ] * 8, Kind.WRITE, Kind.CONTENT, Kind.CONTENT, Kind.WRITE):
            pace.before(kind)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["own", "shared"])
def pair(request: pytest.FixtureRequest) -> tuple[Slots, Slots]:
    """What two workers hold: threads of one process, or processes with one Redis."""
    if request.param == "own":
        one = LocalSlots()
        return one, one
    url: str = request.getfixturevalue("broker")
    return SharedSlots(url), SharedSlots(url)


def test_workers_share_one_bucket(pair: tuple[Slots, Slots]) -> None:
    bucket = Bucket("slow", 0.01, 3)
    waits = [slots.book("shared", bucket, 1, float("inf"))[0] for slots in pair * 3]
    assert waits[:3] == [0, 0, 0]
    assert waits[3:] == pytest.approx([100, 200, 300], abs=2)
    wait, is_booked = pair[0].book("shared", bucket, 1, 50)
    assert wait == pytest.approx(400, abs=2)
    assert not is_booked
    wait, is_booked = pair[1].book("shared", bucket, 1, 500)
    assert wait == pytest.approx(400, abs=2)
    assert is_booked


def test_workers_share_places_that_were_kept(pair: tuple[Slots, Slots]) -> None:
    one, other = pair
    assert other.claim("run") is None
    one.keep("run", 30)
    assert other.claim("run") == pytest.approx(30, abs=2)
    assert one.claim("run") is None


def test_many_at_once_get_places_of_their_own(pair: tuple[Slots, Slots]) -> None:
    bucket, waits = Bucket("quick", 1.0, 1), list[float]()

    def book(slots: Slots) -> None:
        waits.extend(slots.book("crowd", bucket, 1, float("inf"))[0] for _ in range(25))

    threads = [threading.Thread(target=book, args=(slots,)) for slots in pair * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gaps = [b - a for a, b in zip(sorted(waits), sorted(waits)[1:], strict=False)]
    assert len(waits) == 100
    assert max(waits) > 95
    assert min(gaps[1:]) > 0.5


def test_without_redis_each_process_paces_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slots = SharedSlots(f"redis://127.0.0.1:{servers.free_port()}/0")
    began = time.monotonic()
    assert slots.book("a", WRITES, 1, 0.0) == (0.0, True)
    wait, is_booked = slots.book("a", WRITES, 1, 0.0)
    assert not is_booked
    assert wait > 0.5
    slots.keep("run", 10)
    assert slots.claim("run") is not None
    assert time.monotonic() - began < 5
    assert [record.getMessage() for record in caplog.records] == [
        "pace is not shared reason=ConnectionError"
    ]


def test_what_is_urgent_waits_for_nothing_and_the_others_wait_for_it(clock: Clock) -> None:
    pace, sleeper = paced(clock)
    for _ in range(200):
        with pace.turn("acme", "greeting.1", is_urgent=True):
            pace.before(Kind.CONTENT)
    assert sleeper.slept == 0.0
    with pace.turn("acme", "run"), pytest.raises(Queued):
        pace.before(Kind.CONTENT)
