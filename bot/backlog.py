"""The inbox as an operator sees it: what waits, how long, what is dead. Does no work."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, and_, delete, exists, func, or_, select, update

from .database import deliveries, runs, work
from .ended import Ended
from .forge.port import PullRef
from .inbox import afresh
from .row_names import review_key

_PASSING: Final = ("command", "threads", "branch")
KEEP_SECONDS: Final = 30 * 86_400.0
"""How long a delivery's id is remembered; a replay after that is one more review, no more."""


@dataclass(frozen=True, slots=True)
class DeadRow:
    """Work that was given up. ``asked_at`` is 0 where an older version did not write it down."""

    id: int
    pull: str
    kind: str
    """"review", "command", "threads" or "branch"."""
    asked_at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How much there is. ``oldest`` is the age in seconds of what has waited longest."""

    ready: int
    running: int
    put_off: int
    dead: int
    oldest: float


_CONCLUDED: Final = (Ended.REVIEWED.value, Ended.GIVEN_UP.value)
_OPEN: Final = and_(work.c.wanted > work.c.done, work.c.state == "ready")
_DEAD: Final = and_(work.c.wanted > work.c.done, work.c.state == "dead")


@dataclass(frozen=True, slots=True)
class Backlog:
    """Reads, and the two things that an operator may do: try again, forget what is long done."""

    engine: Engine
    clock: Callable[[], float] = field(default=time.time)

    def depth(self) -> Depth:
        """Counts, and the age of the oldest row that is not done."""
        now = self.clock()
        is_held = work.c.lease_until > now
        with self.engine.begin() as connection:

            def count(what: ColumnElement[bool]) -> int:
                found = select(func.count()).select_from(work).where(what)
                return int(connection.execute(found).scalar_one())

            since = connection.execute(
                select(func.min(work.c.asked_at)).where(_OPEN, work.c.asked_at > 0)
            ).scalar()
            return Depth(
                ready=count(and_(_OPEN, ~is_held, work.c.not_before <= now)),
                running=count(and_(_OPEN, is_held)),
                put_off=count(and_(_OPEN, ~is_held, work.c.not_before > now)),
                dead=count(_DEAD),
                oldest=0.0 if since is None else max(0.0, now - since),
            )

    def dead(self) -> tuple[DeadRow, ...]:
        """What was given up, oldest first."""
        found = select(work).where(_DEAD).order_by(work.c.id)
        with self.engine.begin() as connection:
            rows = connection.execute(found).all()
        return tuple(_dead_row(row) for row in rows)

    def is_known(self, ref: PullRef, head: str) -> bool:
        """Whether this head was reviewed, given up on, or is about to be looked at."""
        key = review_key(ref)
        waiting = exists().where(_OPEN, work.c.key == key)
        ended = exists().where(
            runs.c.pull == str(ref), runs.c.head == head, runs.c.ended.in_(_CONCLUDED)
        )
        with self.engine.begin() as connection:
            return bool(connection.execute(select(waiting | ended)).scalar_one())

    def retry(self, *only: int) -> tuple[int, ...]:
        """These dead rows, or all of them, may be taken again; the ones that were dead."""
        meant = _DEAD if not only else and_(_DEAD, work.c.id.in_(only))
        again = update(work).where(meant).values(afresh(self.clock())).returning(work.c.id)
        with self.engine.begin() as connection:
            return tuple(sorted(int(row) for row in connection.execute(again).scalars()))

    def forget(self) -> int:
        """Drop what is done and older than ``KEEP_SECONDS``; how many rows.

        Rows of reviews stay: their generations name runs.
        """
        before = self.clock() - KEEP_SECONDS
        passing = or_(*(work.c.key.like(f"{kind}:%") for kind in _PASSING))
        commands = and_(passing, work.c.done >= work.c.wanted, work.c.asked_at < before)
        with self.engine.begin() as connection:
            gone = connection.execute(delete(deliveries).where(deliveries.c.received_at < before))
            done = connection.execute(delete(work).where(commands))
            return gone.rowcount + done.rowcount


def _dead_row(row: Any) -> DeadRow:
    kind = row.key.partition(":")[0]
    return DeadRow(int(row.id), row.pull.partition(":")[2], kind, row.asked_at, row.reason)
