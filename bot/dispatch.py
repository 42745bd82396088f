"""Who does the work, and what happens when it fails. Knows the inbox, not what the work is."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

from .database import DatabaseAway
from .engine import EngineAway, EngineStopped
from .forge.errors import ForgeError, Gone, NotYet, Queued, RateLimited, Refused, Unreachable
from .inbox import DEADLINE_SECONDS, MAX_ATTEMPTS, RETRY_SECONDS, Inbox, WorkItem
from .metrics import ROWS, WAITS
from .stages import About, about, stage

Work = Callable[[WorkItem], None]
GiveUp = Callable[[WorkItem, str], None]

UNEXPECTED: Final = "Something unexpected went wrong; the log of the bot says what."

_LOG: Final = logging.getLogger(__name__)
_LONGEST: Final = 300.0
_LAST_ATTEMPT: Final = 60
"""Tries to conclude a doomed row, minutes apart, before it is left to a person."""
_IDLE: Final = 1.0
DRAIN_SECONDS: Final = 20.0
"""How long running work may go on once the process has been told to end."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after so many seconds."""

    after: float
    counts: bool = True
    """False where it was no fault of the row's own; then only its deadline bounds how often."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The forge asked to wait so long; that goes for everything of the same owner."""

    after: float
    is_alone: bool = False
    """True where it goes for this row only."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """Nothing was begun: this owner's turn comes later."""

    after: float


@dataclass(frozen=True, slots=True)
class Fail:
    """It makes no sense to try again; the reason is for people."""

    reason: str


class OutOfTime(Exception):
    """One attempt took longer than any may. Its message is for people."""


def decide(
    error: Exception, attempts: int, waits: int = 0, first: float = RETRY_SECONDS
) -> Retry | Hold | PutBack | Fail:
    """What any error means: again later, or never. ``first`` is as for ``jitter``."""
    match error:
        case NotYet(retry_after=after):
            return PutBack(after)
        case RateLimited(retry_after=after):
            return Hold(after, is_alone=isinstance(error, Queued))
        case Unreachable() | DatabaseAway():
            return Retry(jitter(waits + 1, first), counts=False)
        case Refused() | Gone() | EngineStopped():
            return Fail(str(error))
        case ForgeError() | EngineAway() | OutOfTime():
            reason = str(error)
        case _:
            reason = UNEXPECTED
    if attempts >= MAX_ATTEMPTS:
        return Fail(reason)
    return Retry(jitter(attempts, first))


def jitter(tries: int, first: float = RETRY_SECONDS) -> float:
    """Anything up to a ceiling that doubles, so that what failed together does not meet again.

    ``first`` is the ceiling of the first try, in seconds.
    """
    ceiling = min(_LONGEST, first * 2.0 ** min(tries - 1, 9))
    return random.uniform(0.0, ceiling)  # noqa: S311 - spreads load, hides nothing


def run_one(inbox: Inbox, item: WorkItem, work: Work, give_up: GiveUp) -> None:
    """Do one leased row and settle it, whatever happens. A doomed row is concluded."""
    wish = item.wish
    if item.attempts == 1 and not item.waits:
        WAITS.labels(wish.kind).observe(item.waited)
    with about(About(wish.delivery, wish.repository, wish.number, wish.head_sha)):
        _run_one(inbox, item, work, give_up)


def _run_one(inbox: Inbox, item: WorkItem, work: Work, give_up: GiveUp) -> None:
    try:
        with kept(inbox, item):
            if item.doomed:
                with stage("give_up"):
                    give_up(item, item.doomed)
            else:
                with stage("work"):
                    work(item)
    except Exception as error:
        if item.doomed:
            _still_doomed(inbox, item, error)
        else:
            _settle(inbox, item, error)
        return
    ROWS.labels("dead" if item.doomed else "done").inc()
    if item.doomed:
        inbox.bury(item, item.doomed)
    else:
        inbox.finish(item)


@contextmanager
def kept(inbox: Inbox, item: WorkItem) -> Iterator[None]:
    """Renew the lease while the work goes on; not for ever, as work that hangs has to lose it."""
    ended = threading.Event()

    def renew() -> None:
        for _ in range(int(DEADLINE_SECONDS / inbox.lease_seconds * 3)):
            if ended.wait(inbox.lease_seconds / 3):
                return
            with suppress(DatabaseAway):
                if not inbox.renew(item):
                    return

    keeper = threading.Thread(target=renew, name=f"lease-{item.id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _settle(inbox: Inbox, item: WorkItem, error: Exception) -> None:
    match decide(error, item.attempts, item.waits, inbox.retry_seconds):
        case PutBack(after):
            inbox.put_back(item, after)
        case Hold(after, is_alone):
            ROWS.labels("hold").inc()
            _LOG.warning("hold pull=%s seconds=%.0f reason=%s", item.ref, after, error)
            inbox.hold(item, after, str(error), is_alone=is_alone)
        case Retry(after, counts):
            ROWS.labels("retry").inc()
            _LOG.warning("retry pull=%s seconds=%.1f reason=%s", item.ref, after, error)
            inbox.retry(item, after, _reason(error), counts=counts)
        case Fail(reason):
            ROWS.labels("given_up").inc()
            _LOG.error("given up pull=%s reason=%s", item.ref, reason, exc_info=error)
            inbox.doom(item, 0.0, reason)


def _still_doomed(inbox: Inbox, item: WorkItem, error: Exception) -> None:
    """The check has to conclude, so a forge that is away is asked again for a long time."""
    _LOG.error("no conclusion pull=%s reason=%s", item.ref, error, exc_info=error)
    match error:
        case RateLimited(retry_after=after):
            inbox.doom(item, after, item.doomed)
        case Gone():
            inbox.finish(item)
        case Unreachable() if item.attempts < _LAST_ATTEMPT:
            inbox.doom(item, jitter(item.attempts, inbox.retry_seconds), item.doomed)
        case _:
            inbox.bury(item, item.doomed)


def _reason(error: Exception) -> str:
    """Words of ours go into the row; those of other libraries stay in the log."""
    is_ours = isinstance(error, ForgeError | EngineAway | OutOfTime)
    return str(error) if is_ours else UNEXPECTED


class Dispatcher(Protocol):
    """Gets rows done."""

    def start(self) -> None:
        """Begin; returns at once."""

    def wake(self, row: int) -> None:
        """A row is there. May be lost: the row is not."""

    def stop(self) -> None:
        """Finish what is running, within seconds, and end."""

    def reaches_workers(self) -> bool:
        """Whether ``wake`` would reach them now."""


class EmbeddedDispatcher:
    """Threads of this process that lease rows themselves; no broker."""

    def __init__(
        self,
        inbox: Inbox,
        work: Work,
        give_up: GiveUp,
        threads: int = 2,
        ring: Callable[[], None] = lambda: None,
    ) -> None:
        """``ring`` is called as well wherever a row is there."""
        self._inbox, self._work, self._give_up = inbox, work, give_up
        self._ring = ring
        self._bell = threading.Condition()
        self._rung = 0
        self._is_stopping = False
        self._running: dict[int, WorkItem] = {}
        self._threads = [
            threading.Thread(target=self._loop, name=f"worker-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Begin. Rows that a dead process held are free again at once."""
        self._inbox.void_leases()
        for thread in self._threads:
            thread.start()

    def wake(self, row: int) -> None:
        """Ring once."""
        del row
        self._ring()
        with self._bell:
            self._rung += 1
            self._bell.notify_all()

    def reaches_workers(self) -> bool:
        """As long as this process does not end."""
        return not self._is_stopping

    def stop(self, within: float = DRAIN_SECONDS) -> None:
        """Let each thread finish its row; what is not done in time is given back."""
        with self._bell:
            self._is_stopping = True
            self._bell.notify_all()
        ends = time.monotonic() + within
        for thread in self._threads:
            thread.join(timeout=max(0.0, ends - time.monotonic()))
        for item in list(self._running.values()):
            _LOG.warning("given back pull=%s", item.ref)
            with suppress(DatabaseAway):
                self._inbox.give_back(item)

    def _loop(self) -> None:
        while not self._is_stopping:
            seen, idle = self._rung, _IDLE
            try:
                item = self._inbox.lease()
                if item is not None:
                    self._run(item)
                    continue
                idle = min(_IDLE, self._inbox.next_due() or _IDLE)
            except DatabaseAway as error:
                # Whatever was leased comes back when its lease ends.
                _LOG.error("database away reason=%s", type(error).__name__)
            self._sleep(seen, idle)

    def _run(self, item: WorkItem) -> None:
        self._running[item.id] = item
        try:
            run_one(self._inbox, item, self._work, self._give_up)
        finally:
            self._running.pop(item.id, None)  # another thread may have taken the row over
        self.wake(item.id)

    def _sleep(self, seen: int, idle: float) -> None:
        with self._bell:
            self._bell.wait_for(lambda: self._is_stopping or self._rung != seen, idle)
