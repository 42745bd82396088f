"""Requests to GitLab keep within what its own answers allow, for all who share the token."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.deliveries import Delivery
from bot.dispatch import run_one
from bot.forge.errors import NotYet, Queued, RateLimited
from bot.forge.gitlab_api import Api, GitLabAccess
from bot.forge.pacer import Kind
from bot.inbox import Inbox, WorkItem
from bot.pace import NOTES, RESERVE, LocalSlots, Pace
from bot.row_names import owner_of
from bot.sandbox.gitlab_forge import GitLabForge
from bot.sandbox.gitlab_meter import NOTES_A_MINUTE, WINDOW, GitLabMeter
from bot.sandbox.limits import Refusal
from bot.sandbox.server import Sandbox
from tests.service.queue import Clock, delivery

A_REVIEW = (*[Kind.READ] * 12, Kind.WRITE, Kind.WRITE, Kind.CONTENT, Kind.CONTENT, Kind.WRITE)


def paced(clock: Clock) -> Pace:
    def sleep(seconds: float) -> None:
        clock.now += seconds

    return Pace(LocalSlots(clock), None, clock, sleep)


def send(pace: Pace, meter: GitLabMeter, kind: Kind) -> None:
    """One request, and what GitLab says with its answer."""
    pace.before(kind)
    said = meter.count("lockstitch-bot", is_note=kind is Kind.CONTENT)
    names = ("Remaining", "Reset", "Limit", "Observed")
    left, resets, limit, seen = (int(said[f"RateLimit-{name}"]) for name in names)
    pace.heard(left, resets - pace.clock(), limit, left + seen)


@pytest.mark.parametrize(
    ("most", "seconds"), [(60, 60.0), (600, 60.0), (2_000, 60.0), (7_200, 3_600.0)]
)
def test_gitlab_refuses_nothing_that_was_paced(clock: Clock, most: int, seconds: float) -> None:
    """As many reviews as may be, of two groups in turn, for ten times that the limit is for."""
    pace, meter, began, done = paced(clock), GitLabMeter(clock, most, seconds), clock.now, 0
    while clock.now < began + 10 * seconds:
        owner = f"gitlab:{'ab'[done % 2]}"
        try:
            pace.gate(owner)
            with pace.turn(owner, f"{done}"):
                for kind in A_REVIEW:
                    send(pace, meter, kind)
            done += 1
        except (NotYet, Queued) as error:
            clock.now += error.retry_after
    assert meter.refusals == 0
    assert done * len(A_REVIEW) > 10 * most * 0.4


def test_notes_keep_below_gitlabs_limit_whatever_its_answers_say(clock: Clock) -> None:
    assert NOTES.burst + NOTES.per_second * WINDOW <= NOTES_A_MINUTE
    pace, meter = paced(clock), GitLabMeter(clock, 1_000_000)
    with pace.turn("gitlab:a", "1"):
        for _ in range(2_000):
            pace.before(Kind.CONTENT)
            meter.count("lockstitch-bot", is_note=True)
    assert meter.refusals == 0


def test_gitlab_refuses_what_was_not(clock: Clock) -> None:
    meter = GitLabMeter(clock, 10)
    for _ in range(10):
        meter.count("lockstitch-bot")
    with pytest.raises(Refusal) as refused:
        meter.count("lockstitch-bot")
    assert (refused.value.status, meter.refusals) == (429, 1)
    assert 0 < int(refused.value.headers["Retry-After"]) <= WINDOW
    clock.now += WINDOW
    assert meter.count("lockstitch-bot")["RateLimit-Remaining"] == "9"


@pytest.mark.parametrize(("a_minute", "reserve"), [(0, RESERVE), (2_000, RESERVE), (100, 20)])
def test_the_last_requests_are_left_to_what_has_begun(
    clock: Clock, a_minute: int, reserve: int
) -> None:
    pace = paced(clock)
    with pace.turn("gitlab:a", "1"):
        pace.heard(reserve - 1, 30.0, a_minute)
        pace.before(Kind.READ)
    for owner in ("gitlab:a", "gitlab:b"):  # the token is the same
        with pytest.raises(NotYet):
            pace.gate(owner)
    pace.gate("github:a")
    with pace.turn("gitlab:b", "2"):
        pace.heard(reserve, 30.0, a_minute)
    pace.gate("gitlab:a")


def test_urgent_ones_are_counted_and_never_wait(clock: Clock) -> None:
    pace, began = paced(clock), clock.now
    with pace.turn("gitlab:a", "1"):
        pace.heard(60, 30.0, 60)
    with pace.turn("gitlab:a", "greeting", is_urgent=True):
        for _ in range(40):
            pace.before(Kind.WRITE)
    assert clock.now == began
    with pytest.raises(NotYet, match="Enough reviews"):
        pace.gate("gitlab:b")


def test_a_noisy_group_delays_a_quiet_one_by_less_than_a_minute(inbox: Inbox, clock: Clock) -> None:
    """Two workers, 300 merge requests at once, and one of another group in the middle of it."""
    for number in range(1, 301):
        inbox.accept(on_gitlab(number, "noisy/ml"))
    pace, meter = paced(clock), GitLabMeter(clock, 600)
    asked, concluded, is_asked, done = clock.now + 120, 0.0, False, 0
    workers = [(clock.now, number) for number in range(2)]

    def review(item: WorkItem) -> None:
        pace.gate(owner_of(item.wish))
        with pace.turn(owner_of(item.wish), f"{item.id}"):
            for kind in A_REVIEW:
                send(pace, meter, kind)

    while not concluded:
        clock.now, who = heapq.heappop(workers)
        if clock.now >= asked and not is_asked:
            inbox.accept(on_gitlab(1, "quiet/ml"))
            asked, is_asked = clock.now, True
        item = inbox.lease()
        if item is None:
            heapq.heappush(workers, (clock.now + min(1.0, inbox.next_due() or 1.0), who))
            continue
        run_one(inbox, item, review, lambda *_: None)
        done += 1
        if item.wish.repository == "quiet/ml":
            concluded = clock.now
        heapq.heappush(workers, (clock.now, who))
    assert concluded - asked < 60
    assert meter.refusals == 0
    assert done > 30


def on_gitlab(number: int, repository: str) -> Delivery:
    asked = delivery(number, repository=repository)
    assert asked.wish is not None
    return replace(asked, wish=replace(asked.wish, forge="gitlab"), forge="gitlab")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    started = Sandbox.start(tmp_path / "forge", kind="gitlab")
    try:
        yield started
    finally:
        started.stop()


class Listener:
    """Remembers what it was asked and told."""

    def __init__(self) -> None:
        self.asked: list[Kind] = []
        self.told: list[tuple[int, int]] = []

    def before(self, kind: Kind) -> None:
        self.asked.append(kind)

    def heard(self, left: int, resets_in: float, a_minute: int = 0, in_all: int = 0) -> None:
        assert resets_in <= WINDOW + 2
        assert in_all in (0, 2)
        self.told.append((left, a_minute))


def test_the_adapter_asks_before_and_tells_after_each_request(sandbox: Sandbox) -> None:
    forge, listener = sandbox.forge, Listener()
    assert isinstance(forge, GitLabForge)
    api = Api(GitLabAccess(sandbox.url, sandbox.token), listener)
    api.get("/user")
    assert (listener.asked, listener.told) == ([Kind.READ], [])
    began = time.time()
    forge.allowance = GitLabMeter(lambda: began, 2)
    query = 'query { project(fullPath: "x") { repository { __typename } } }'
    for _ in range(2):
        api.graphql(query, {})
    with pytest.raises(RateLimited, match=r"^GitLab asked to wait: Retry later$") as refused:
        api.graphql(query, {})
    assert 0 < refused.value.retry_after <= WINDOW
    assert listener.told[-1] == (0, 2)
    assert set(listener.asked) == {Kind.READ}
    forge.allowance = None
    forge.create_repository("acme/ml", {})
    with pytest.raises(Exception, match="GitLab"):
        api.post("/projects/acme%2Fml/merge_requests/1/notes", {"body": "x"})
    assert listener.asked[-1:] == [Kind.CONTENT]
    with pytest.raises(Exception, match="GitLab"):
        api.put("/projects/acme%2Fml/merge_requests/1/notes/1", {"body": "x"})
    assert listener.asked[-1:] == [Kind.WRITE]
