"""What has to happen again and again: rows to wake, heads and deliveries to look for, old rows.

In production a process of its own, embedded a thread. Knows when, not how.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .backlog import Backlog
from .dispatch import Dispatcher
from .forge.port import Watchtower
from .inbox import Inbox
from .metrics import DUTIES
from .pulse import beat
from .reconcile import DELIVERIES_EVERY, HEADS_EVERY, Reconciler
from .vitals import LOOK_EVERY, Probe, Vitals

INTERVAL: Final = 5.0
PER_TICK: Final = 50
"""Cap on messages a tick, so that a backlog is not multiplied."""
_FORGET_EVERY: Final = 3_600.0

_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Duty:
    """Something to do every so many seconds; the first time at once."""

    name: str
    every: float
    do: Callable[[], int]
    next_at: float = float("-inf")
    made: Future[int] | None = None

    @property
    def is_due(self) -> bool:
        """Its time has come, and it is not still at it."""
        is_idle = self.made is None or self.made.done()
        return is_idle and self.next_at <= time.monotonic()

    def begin(self, threads: Executor) -> None:
        """In a thread of its own: one that takes minutes holds no other up."""
        self.next_at = time.monotonic() + self.every
        self.made = threads.submit(self.do)
        self.made.add_done_callback(self._report)

    def _report(self, made: Future[int]) -> None:
        """Whatever a duty raises ends up here and not in the loop."""
        error = made.exception()
        DUTIES.labels(self.name, "ok" if error is None else "failed").inc()
        if error is not None:
            kind = type(error).__name__
            _LOG.error("duty failed name=%s reason=%s", self.name, kind, exc_info=error)
        elif made.result():
            _LOG.info("duty name=%s count=%d", self.name, made.result())


def duties(
    inbox: Inbox,
    dispatcher: Dispatcher,
    tower: Watchtower | None = None,
    probes: Mapping[str, Probe] | None = None,
    is_over: Callable[[], bool] = lambda: False,
    every: float = INTERVAL,
) -> tuple[Duty, ...]:
    """All of them; without a tower and probes nothing is asked of a forge.

    ``is_over`` is asked by those that take long; ``every`` so many seconds rows are woken.
    """
    backlog = Backlog(inbox.engine, inbox.clock)
    held = (
        Duty("wake", every, lambda: sweep(inbox, dispatcher)),
        Duty("forget", _FORGET_EVERY, backlog.forget),
        Duty("look", LOOK_EVERY, lambda: Vitals(inbox.engine, inbox.clock).look(probes or {})),
    )
    if tower is None:
        return held
    reconciler = Reconciler(inbox, tower, dispatcher.wake, inbox.clock, is_over)
    return (
        *held,
        Duty("deliveries", DELIVERIES_EVERY, reconciler.deliveries),
        Duty("heads", HEADS_EVERY, reconciler.heads),
    )


def sweep(inbox: Inbox, dispatcher: Dispatcher) -> int:
    """One tick: wake the rows that could run now; how many."""
    rows = inbox.waiting()[:PER_TICK]
    for row in rows:
        dispatcher.wake(row)
    return len(rows)


def run(
    held: Sequence[Duty],
    stop: threading.Event,
    pulse: Path | None = None,
    every: float = INTERVAL,
) -> None:
    """Go round until told to stop, beating each time. What fails is tried at its next time."""
    with ThreadPoolExecutor(len(held), thread_name_prefix="duty") as threads:
        while True:
            if pulse is not None:
                beat(pulse)
            for duty in held:
                if duty.is_due and not stop.is_set():
                    duty.begin(threads)
            if stop.wait(every):
                return
