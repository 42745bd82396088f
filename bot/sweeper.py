"""Asks again for rows whose message was lost or whose worker died. A process of its own."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

from .database import DatabaseAway
from .dispatch import Dispatcher
from .inbox import Inbox
from .pulse import beat

INTERVAL: Final = 5.0
PER_TICK: Final = 50
"""Cap on messages a tick, so that a backlog is not multiplied."""

_LOG: Final = logging.getLogger(__name__)


def sweep(inbox: Inbox, dispatcher: Dispatcher) -> int:
    """One tick: wake the oldest rows that could run now; how many."""
    rows = inbox.waiting()[:PER_TICK]
    for row in rows:
        dispatcher.wake(row)
    return len(rows)


def run(inbox: Inbox, dispatcher: Dispatcher, stop: threading.Event, pulse: Path) -> None:
    """Sweep until told to stop, beating each time; a database that is away is waited for."""
    beat(pulse)
    while not stop.wait(INTERVAL):
        beat(pulse)
        try:
            count = sweep(inbox, dispatcher)
        except DatabaseAway as error:
            _LOG.error("sweep failed reason=%s", type(error).__name__)
            continue
        if count:
            _LOG.info("sweep rows=%d", count)
