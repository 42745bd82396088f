"""Commands whose comment waits for a sign that it was seen; each is handed out once.

Lives in the rows of the inbox, and waits for none of what these wait for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import Engine, Row, or_, select, update

from .database import owners, work
from .forge.port import PullRef

_AT_ONCE: Final = 100


class Greeting(IntEnum):
    """How far the acknowledgement of a row is."""

    NONE = 0
    """It came from no comment, or an earlier version wrote it down."""
    WANTED = 1
    BEGUN = 2
    """Somebody is at it, or it failed; whoever works on the row says it then."""
    SAID = 3


@dataclass(frozen=True, slots=True)
class Unseen:
    """A comment that asks for something. ``row`` is that of the work it asks for."""

    row: int
    ref: PullRef
    comment_id: int
    is_inline: bool
    installation: int
    owner: str


@dataclass(frozen=True, slots=True)
class Greetings:
    """Short transactions on ``engine``."""

    engine: Engine
    clock: Callable[[], float] = field(default=time.time)

    def take(self) -> tuple[Unseen, ...]:
        """Those that nobody has begun with; they are begun by now.

        None of an owner whom the forge asked to wait.
        """
        is_held = owners.c.held_until > self.clock()
        found = (
            select(work)
            .outerjoin(owners, owners.c.name == work.c.owner)
            .where(
                work.c.greeting == Greeting.WANTED,
                work.c.wanted > work.c.done,
                or_(owners.c.held_until.is_(None), ~is_held),
            )
            .order_by(work.c.id)
            .limit(_AT_ONCE)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(found).all()
        return tuple(_unseen(row) for row in rows if self._turned(row.id, Greeting.WANTED))

    def said(self, row: int) -> None:
        """The forge has it."""
        self._turned(row, Greeting.BEGUN)

    def _turned(self, row: int, before: Greeting) -> bool:
        """One step further; False where somebody else made it."""
        mine = (work.c.id == row, work.c.greeting == before)
        with self.engine.begin() as connection:
            step = update(work).where(*mine).values(greeting=before + 1)
            return connection.execute(step).rowcount == 1


def _unseen(row: Row[Any]) -> Unseen:
    wish = row.wish
    return Unseen(
        row=row.id,
        ref=PullRef(wish["forge"], wish["repository"], wish["number"]),
        comment_id=wish["comment_id"],
        is_inline=wish["thread_root"] is not None,
        installation=wish["installation"],
        owner=row.owner,
    )
