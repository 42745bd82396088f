"""Who does the work, and what happens when it fails. Knows the inbox, not what the work is."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from .engine import EngineAway, EngineStopped
from .forge.errors import ForgeError, Gone, HeadMoved, RateLimited, Refused, Unreachable
from .inbox import MAX_ATTEMPTS, Inbox, WorkItem

Work = Callable[[WorkItem], None]
GiveUp = Callable[[WorkItem, str], None]

_LOG: Final = logging.getLogger(__name__)
_SHORTEST, _LONGEST = 2.0, 300.0
_IDLE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after so many seconds."""

    after: float
    counts: bool = True
    """False where waiting is not a failed attempt, as with a rate limit."""


@dataclass(frozen=True, slots=True)
class Fail:
    """It makes no sense to try again; the reason is for people."""

    reason: str


def decide(error: Exception, attempts: int) -> Retry | Fail:
    """What any error means: again later, or never."""
    match error:
        case RateLimited(retry_after=after):
            return Retry(after, counts=False)
        case HeadMoved():
            return Retry(_SHORTEST)
        case Refused() | Gone() | EngineStopped():
            return Fail(str(error))
        case ForgeError() if not isinstance(error, Unreachable):
            reason = str(error)
        case Unreachable() | EngineAway():
            reason = str(error)
        case _:
            reason = "Something unexpected went wrong; the log of the bot says what."
    if attempts >= MAX_ATTEMPTS:
        return Fail(reason)
    ceiling = min(_LONGEST, _SHORTEST * 2**attempts)
    return Retry(random.uniform(_SHORTEST / 2, ceiling))  # noqa: S311 - spreads load, hides nothing


def run_one(inbox: Inbox, item: WorkItem, work: Work, give_up: GiveUp) -> None:
    """Do one leased row and settle it, whatever happens."""
    try:
        work(item)
    except Exception as error:
        _settle(inbox, item, error, give_up)
        return
    inbox.finish(item)


def _settle(inbox: Inbox, item: WorkItem, error: Exception, give_up: GiveUp) -> None:
    decision = decide(error, item.attempts)
    if isinstance(decision, Retry):
        _LOG.warning("retry pull=%s in=%.0fs reason=%s", item.ref, decision.after, error)
        inbox.retry(item, decision.after, str(error))
        return
    _LOG.error("dead pull=%s reason=%s", item.ref, decision.reason, exc_info=error)
    try:
        give_up(item, decision.reason)
    except ForgeError as second:
        _LOG.error("no conclusion pull=%s reason=%s", item.ref, second)
    inbox.bury(item, decision.reason)


class Dispatcher(Protocol):
    """Gets rows done."""

    def start(self) -> None:
        """Begin; returns at once."""

    def wake(self, row: int) -> None:
        """A row is there. May be lost: the row is not."""

    def stop(self) -> None:
        """Finish what is running and end."""


class EmbeddedDispatcher:
    """Threads of this process that lease rows themselves; no broker."""

    def __init__(self, inbox: Inbox, work: Work, give_up: GiveUp, threads: int = 2) -> None:
        self._inbox, self._work, self._give_up = inbox, work, give_up
        self._bell = threading.Condition()
        self._rung = 0
        self._is_stopping = False
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
        with self._bell:
            self._rung += 1
            self._bell.notify_all()

    def stop(self) -> None:
        """Let each thread finish its row."""
        with self._bell:
            self._is_stopping = True
            self._bell.notify_all()
        for thread in self._threads:
            thread.join(timeout=30)

    def _loop(self) -> None:
        while not self._is_stopping:
            seen = self._rung
            item = self._inbox.lease()
            if item is not None:
                run_one(self._inbox, item, self._work, self._give_up)
                self.wake(item.id)
                continue
            self._sleep(seen)

    def _sleep(self, seen: int) -> None:
        with self._bell:
            self._bell.wait_for(lambda: self._is_stopping or self._rung != seen, _IDLE)
