"""The queue of record: what was delivered, and what is to be done about it.

A row a pull request, with the generation that is wanted and the one that is done; a command is a
row of its own. Leases end by themselves; the fencing token tells an old holder from a new one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, and_, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from .database import deliveries, work
from .deliveries import Delivery, Wish
from .forge.port import PullRef

PROVIDER: Final = "github"
MAX_ATTEMPTS: Final = 3
LEASE_SECONDS: Final = 150.0


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A leased row. ``generation`` is what was wanted when the lease began."""

    id: int
    wish: Wish
    generation: int
    token: int
    attempts: int

    @property
    def ref(self) -> PullRef:
        """The pull request; its number is 0 where only a head commit is known."""
        return PullRef(PROVIDER, self.wish.repository, self.wish.number)


@dataclass(frozen=True, slots=True)
class Inbox:
    """All reads and writes are short transactions on ``engine``."""

    engine: Engine
    clock: Callable[[], float] = field(default=time.time)

    def accept(self, delivery: Delivery) -> int | None:
        """Keep a delivery; durable once this returns. The row to work on, if any.

        The same delivery again adds nothing, but work that is not done is wanted again.
        """
        with self.engine.begin() as connection:
            key = _key(delivery)
            if not self._remember(connection, delivery, key):
                return self._reopen(connection, key)
            return self._want(connection, key, delivery.wish) if delivery.wish else None

    def want(self, wish: Wish) -> int:
        """Ask for a review without a delivery."""
        with self.engine.begin() as connection:
            return self._want(connection, _review_key(wish), wish)

    def _remember(self, connection: Connection, delivery: Delivery, key: str | None) -> bool:
        values = {
            "provider": PROVIDER,
            "delivery_id": delivery.id,
            "event": delivery.event[:100],
            "action": delivery.action[:100],
            "received_at": self.clock(),
            "work_key": key,
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(deliveries).values(values))
        except IntegrityError:
            return False
        return True

    def _reopen(self, connection: Connection, key: str | None) -> int | None:
        """A redelivery: unfinished work, dead rows included, may be taken at once."""
        row = connection.execute(select(work).where(work.c.key == key)).first()
        if row is None or row.done >= row.wanted:
            return None
        if row.state == "dead":
            values = {"state": "ready", "attempts": 0, "not_before": 0.0}
            connection.execute(update(work).where(work.c.id == row.id).values(values))
        return int(row.id)

    def _want(self, connection: Connection, key: str | None, wish: Wish) -> int:
        fresh = {
            "key": key,
            "pull": _pull(wish),
            "wish": asdict(wish),
            "wanted": 1,
            "done": 0,
            "state": "ready",
            "attempts": 0,
            "token": 0,
            "lease_until": 0.0,
            "not_before": 0.0,
            "reason": "",
        }
        try:
            with connection.begin_nested():
                made = connection.execute(insert(work).values(fresh).returning(work.c.id))
                return int(made.scalar_one())
        except IntegrityError:
            again = {"wanted": work.c.wanted + 1, "state": "ready", "attempts": 0}
            connection.execute(
                update(work).where(work.c.key == key).values(again | {"not_before": 0.0})
            )
            row = connection.execute(select(work.c.id).where(work.c.key == key)).one()
            return int(row.id)

    def lease(self, only: int | None = None) -> WorkItem | None:
        """Take the oldest row that may run now; none of a pull request that is being worked on."""
        now = self.clock()
        busy = work.alias()
        is_busy = exists().where(
            and_(busy.c.pull == work.c.pull, busy.c.lease_until > now, busy.c.id != work.c.id)
        )
        wanted = select(work).where(
            work.c.wanted > work.c.done,
            work.c.state == "ready",
            work.c.lease_until <= now,
            work.c.not_before <= now,
            ~is_busy,
        )
        if only is not None:
            wanted = wanted.where(work.c.id == only)
        with self.engine.begin() as connection:
            query = wanted.order_by(work.c.id).limit(1).with_for_update(skip_locked=True)
            row = connection.execute(query).first()
            if row is None:
                return None
            values = {
                "token": row.token + 1,
                "attempts": row.attempts + 1,
                "lease_until": now + LEASE_SECONDS,
            }
            taken = connection.execute(
                update(work).where(work.c.id == row.id, work.c.token == row.token).values(values)
            )
            return _item(row) if taken.rowcount == 1 else None

    def is_current(self, item: WorkItem) -> bool:
        """Whether the lease still is ours and nothing newer is wanted."""
        with self.engine.begin() as connection:
            row = connection.execute(select(work).where(work.c.id == item.id)).first()
        return row is not None and row.token == item.token and row.wanted == item.generation

    def renew(self, item: WorkItem) -> bool:
        """Keep the lease a while longer; False where it is lost."""
        return self._write(item, {"lease_until": self.clock() + LEASE_SECONDS})

    def finish(self, item: WorkItem) -> bool:
        """Done with this generation; a newer one stays wanted."""
        values = {"done": item.generation, "lease_until": 0.0, "attempts": 0, "reason": ""}
        return self._write(item, values)

    def retry(self, item: WorkItem, after: float, reason: str) -> bool:
        """Give the row back until ``after`` seconds from now."""
        later = self.clock() + after
        values = {"lease_until": 0.0, "not_before": later, "reason": reason[:1000]}
        return self._write(item, values)

    def bury(self, item: WorkItem, reason: str) -> bool:
        """No more attempts until something asks again."""
        return self._write(item, {"lease_until": 0.0, "state": "dead", "reason": reason[:1000]})

    def waiting(self) -> tuple[int, ...]:
        """Rows that could be leased now, oldest first."""
        now = self.clock()
        wanted = select(work.c.id).where(
            work.c.wanted > work.c.done,
            work.c.state == "ready",
            work.c.lease_until <= now,
            work.c.not_before <= now,
        )
        with self.engine.begin() as connection:
            return tuple(connection.execute(wanted.order_by(work.c.id)).scalars())

    def is_dead(self, row: int) -> bool:
        """Whether nobody will try this row again by itself."""
        with self.engine.begin() as connection:
            state = connection.execute(select(work.c.state).where(work.c.id == row)).scalar()
        return state == "dead"

    def void_leases(self) -> None:
        """At the start of the only process that works: whoever held a lease is gone."""
        with self.engine.begin() as connection:
            connection.execute(update(work).values(lease_until=0.0, token=work.c.token + 1))

    def _write(self, item: WorkItem, values: dict[str, Any]) -> bool:
        with self.engine.begin() as connection:
            mine = and_(work.c.id == item.id, work.c.token == item.token)
            return connection.execute(update(work).where(mine).values(values)).rowcount == 1


def _item(row: Row[Any]) -> WorkItem:
    return WorkItem(row.id, Wish(**row.wish), row.wanted, row.token + 1, row.attempts + 1)


def _pull(wish: Wish) -> str:
    return f"{PROVIDER}:{wish.repository}#{wish.number or wish.head_sha}"


def _review_key(wish: Wish) -> str:
    return f"review:{_pull(wish)}"


def _key(delivery: Delivery) -> str | None:
    if delivery.wish is None:
        return None
    if delivery.wish.is_command:
        return f"command:{delivery.id}"
    return _review_key(delivery.wish)
