"""One time for all processes of a database, however wrong their own clocks are. Knows no tables.

A lease that one process takes is read by another, so both have to mean the same moment. On
PostgreSQL that is the server's; SQLite is on this machine, as everybody who writes to it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Engine

from .database import DatabaseAway

_EVERY: Final = 10.0
_ON_ONE_MACHINE: Final = 3_600.0
"""What sets a machine's clock right may turn it by minutes; leases are over by then."""


def _elapsed() -> float:
    """Never turned by anybody. On Linux it goes on while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass(slots=True)
class Counted:
    """Asks what time it is every so many seconds, and counts for itself in between."""

    ask: Callable[[], float]
    every: float
    elapsed: Callable[[], float] = _elapsed
    _said: float | None = None
    _at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> float:
        """Now, in seconds of the epoch. Raises ``DatabaseAway`` where it was never told."""
        with self._lock:
            if self._said is None or self.elapsed() - self._at >= self.every:
                self._learn()
            return (self._said or 0.0) + self.elapsed() - self._at

    def _learn(self) -> None:
        try:
            said = self.ask()
        except DatabaseAway:
            if self._said is None:
                raise
            return
        self._said, self._at = said, self.elapsed()


def time_of(engine: Engine) -> Callable[[], float]:
    """The clock to read and write this database's rows by."""
    if engine.dialect.name != "postgresql":
        return Counted(time.time, _ON_ONE_MACHINE)

    def ask() -> float:
        with engine.connect() as connection:
            now = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())")
            return float(now.scalar_one())

    return Counted(ask, _EVERY)
