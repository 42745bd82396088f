"""The queue of record: what was delivered, and what is to be done about it.

A row a pull request, with the generation that is wanted and the one that is done; a command is a
row of its own. Leases end by themselves; the fencing token tells an old holder from a new one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from .database import deliveries, one_at_a_time, open_database, owners, work
from .deliveries import Delivery, Wish
from .forge.port import PullRef
from .greetings import Greeting
from .row_names import key_of, owner_of, pull_of, row_key
from .shared_time import time_of

MAX_ATTEMPTS: Final = 3
LEASE_SECONDS: Final = 30.0
"""A worker renews its lease while it works, so only a dead one loses it."""
DEADLINE_SECONDS: Final = 600.0
"""From the begin of a generation to its conclusion, whatever happens."""
LONGEST_SECONDS: Final = 3600.0
"""The same where the forge asks to wait."""
_AFTER_A_HOLD: Final = 120.0
RETRY_SECONDS: Final = 4.0
"""What fails for the first time is tried again within this."""
DEBOUNCE_SECONDS: Final = 0.2
"""A push after a push waits this long for the next one."""
_WISH: Final = tuple(one.name for one in fields(Wish))
CRASHED: Final = "Each of three attempts ended without a word, as if its process had been killed."


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A leased row. ``generation`` is what was wanted when the lease began.

    ``doomed`` says why it is not to be tried any more: all that is left is to conclude it.
    """

    id: int
    wish: Wish
    generation: int
    token: int
    attempts: int
    waits: int = 0
    doomed: str = ""
    waited: float = 0.0
    """Seconds since it was asked for."""
    is_greeted: bool = False
    """Whether the comment that asks has its reaction."""

    @property
    def ref(self) -> PullRef:
        """The pull request; its number is 0 where only a head commit is known."""
        return PullRef(self.wish.forge, self.wish.repository, self.wish.number)


@dataclass(frozen=True, slots=True)
class Inbox:
    """All reads and writes are short transactions on ``engine``."""

    engine: Engine
    clock: Callable[[], float] = field(default=time.time)
    lease_seconds: float = LEASE_SECONDS
    retry_seconds: float = RETRY_SECONDS

    @classmethod
    def open(
        cls,
        url: str,
        lease_seconds: float = LEASE_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
    ) -> Inbox:
        """The one in this database, by the time that all who work on it agree on."""
        engine = open_database(url)
        return cls(engine, time_of(engine), lease_seconds, retry_seconds)

    def accept(self, delivery: Delivery) -> int | None:
        """Keep a delivery; durable once this returns. The row to work on, if any.

        The same delivery again adds nothing, but work that is not done is wanted again.
        """
        with self.engine.begin() as connection:
            key = key_of(delivery)
            if not self._remember(connection, delivery, key):
                return self._reopen(connection, key)
            if delivery.wish is None:
                return None
            return self._want(connection, key, replace(delivery.wish, delivery=delivery.id))

    def want(self, wish: Wish) -> int:
        """Ask for a review without a delivery."""
        with self.engine.begin() as connection:
            return self._want(connection, row_key(wish), wish)

    def want_in(self, seconds: float, wish: Wish) -> None:
        """Ask for a review that is not urgent. One that waits already does for it; one that runs
        is done again as soon as it ends.
        """
        now, key = self.clock(), row_key(wish)
        with self.engine.begin() as connection:
            one_at_a_time(connection)
            held = connection.execute(select(work).where(work.c.key == key)).first()
            is_open = held is not None and held.wanted > held.done and held.state == "ready"
            if held is not None and is_open and held.lease_until <= now:
                return
            self._want(connection, key, wish)
            if not is_open:
                later = {"not_before": now + seconds, "asked_at": now + seconds}
                connection.execute(update(work).where(work.c.key == key).values(later))

    def _remember(self, connection: Connection, delivery: Delivery, key: str | None) -> bool:
        values = {
            "provider": delivery.forge,
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
            connection.execute(update(work).where(work.c.id == row.id).values(afresh(self.clock())))
        return int(row.id)

    def _want(self, connection: Connection, key: str | None, wish: Wish) -> int:
        fresh = afresh(self.clock()) | {
            "key": key,
            "pull": pull_of(wish),
            "owner": owner_of(wish),
            "wish": asdict(wish),
            "wanted": 1,
            "done": 0,
            "token": 0,
            "lease_until": 0.0,
            "greeting": Greeting.WANTED if wish.is_command and wish.comment_id else Greeting.NONE,
        }
        try:
            with connection.begin_nested():
                made = connection.execute(insert(work).values(fresh).returning(work.c.id))
                return int(made.scalar_one())
        except IntegrityError:
            held = connection.execute(select(work).where(work.c.key == key).with_for_update()).one()
            if held.done < held.wanted and not held.wish.get("for_head", False) and wish.for_head:
                # What was asked for before goes further, and may have its answer already.
                asked = held.wish.get("asked") or held.wanted
                wish = replace(wish, for_head=False, asked=asked)
            if held.done < held.wanted and wish.branch:
                wish = replace(wish, before="")  # nobody has looked at what was pushed before this
            again = afresh(self.clock()) | {
                "wanted": work.c.wanted + 1,
                "wish": asdict(wish),
                "not_before": self.clock() + DEBOUNCE_SECONDS,
                "asked_at": case(
                    (work.c.wanted > work.c.done, work.c.asked_at), else_=self.clock()
                ),
            }
            connection.execute(update(work).where(work.c.key == key).values(again))
            row = connection.execute(select(work.c.id).where(work.c.key == key)).one()
            return int(row.id)

    def lease(self, only: int | None = None) -> WorkItem | None:
        """Take a row that may run now: of the owner who has waited longest, the oldest.

        None of a pull request that is being worked on, none of an owner whom the forge asked to
        wait. The attempt is counted before it is made, so one that kills its process counts too.
        """
        now = self.clock()
        with self.engine.begin() as connection:
            one_at_a_time(connection)
            row = connection.execute(_runnable(now, only).limit(1)).first()
            if row is None:
                return None
            began = row.began_at or now
            values = {
                "token": row.token + 1,
                "attempts": row.attempts + 1,
                "lease_until": now + self.lease_seconds,
                "began_at": began,
                "deadline": row.deadline or began + DEADLINE_SECONDS,
            }
            connection.execute(update(work).where(work.c.id == row.id).values(values))
            _note_owner(connection, row.owner, {"served_at": now})
            return _item(row, now)

    def is_current(self, item: WorkItem) -> bool:
        """Whether the lease still is ours and nothing newer is wanted."""
        row = self._held(item)
        return row is not None and row.wanted == item.generation

    def may_speak(self, item: WorkItem) -> bool:
        """As ``is_current``, for whoever knows that the head is the one it read: what is wanted of
        the head alone, for the second time, it is about to do.
        """
        row = self._held(item)
        return row is not None and (
            row.wanted == item.generation or bool(row.wish.get("for_head", False))
        )

    def _held(self, item: WorkItem) -> Row[Any] | None:
        """The row, while the lease is ours."""
        mine = and_(work.c.id == item.id, work.c.token == item.token)
        with self.engine.begin() as connection:
            return connection.execute(select(work).where(mine)).first()

    def renew(self, item: WorkItem) -> bool:
        """Keep the lease a while longer; False where it is lost."""
        return self._write(item, {"lease_until": self.clock() + self.lease_seconds})

    def finish(self, item: WorkItem) -> bool:
        """Done with this generation; a newer one stays wanted."""
        values = {"done": item.generation, "lease_until": 0.0, "attempts": 0, "waits": 0}
        return self._write(item, values | {"began_at": 0.0, "deadline": 0.0, "reason": ""})

    def retry(self, item: WorkItem, after: float, reason: str, *, counts: bool = True) -> bool:
        """Give the row back until ``after`` seconds from now; without ``counts`` it was no attempt
        of its own, and only the deadline bounds how often.
        """
        spent = item.attempts if counts else item.attempts - 1
        values = {"attempts": spent, "waits": work.c.waits + 1, "reason": reason[:1000]}
        return self._return(item, values | {"not_before": self.clock() + after})

    def hold(self, item: WorkItem, after: float, reason: str, *, is_alone: bool = False) -> bool:
        """The forge asked to wait: the deadline moves, and none of this owner's rows begins
        before, unless the row waits alone.
        """
        now = self.clock()
        until = now + after
        with self.engine.begin() as connection:
            if not is_alone:
                _note_owner(connection, owner_of(item.wish), {"held_until": until})
            last = work.c.began_at + LONGEST_SECONDS
            later = case((last < until + _AFTER_A_HOLD, last), else_=until + _AFTER_A_HOLD)
            mine = and_(work.c.id == item.id, work.c.token == item.token, work.c.deadline < later)
            connection.execute(update(work).where(mine).values(deadline=later))
        return self.retry(item, after, reason, counts=False)

    def doom(self, item: WorkItem, after: float, reason: str) -> bool:
        """No more attempts at the work itself; all that is left is to conclude it."""
        values = {"attempts": max(item.attempts, MAX_ATTEMPTS), "reason": reason[:1000]}
        return self._return(item, values | {"not_before": self.clock() + after})

    def bury(self, item: WorkItem, reason: str) -> bool:
        """Nothing more until something asks again."""
        return self._return(item, {"state": "dead", "reason": reason[:1000]})

    def waiting(self) -> tuple[int, ...]:
        """Rows that could be leased now, in the order in which they would be."""
        with self.engine.begin() as connection:
            found = connection.execute(_runnable(self.clock(), None)).all()
        return tuple(int(row.id) for row in found)

    def next_due(self) -> float | None:
        """Seconds until the next row that was put off may begin; None where there is none."""
        now = self.clock()
        due = select(func.min(work.c.not_before)).where(
            work.c.wanted > work.c.done, work.c.state == "ready", work.c.not_before > now
        )
        with self.engine.begin() as connection:
            soonest = connection.execute(due).scalar()
        return None if soonest is None else soonest - now

    def is_dead(self, row: int) -> bool:
        """Whether nobody will try this row again by itself."""
        with self.engine.begin() as connection:
            state = connection.execute(select(work.c.state).where(work.c.id == row)).scalar()
        return state == "dead"

    def put_back(self, item: WorkItem, after: float) -> bool:
        """None of this owner's rows begins before; this one has not begun either."""
        with self.engine.begin() as connection:
            _note_owner(connection, owner_of(item.wish), {"held_until": self.clock() + after})
        values: dict[str, Any] = {"attempts": item.attempts - 1}
        if item.attempts == 1 and not item.waits:
            values |= {"began_at": 0.0, "deadline": 0.0}
        return self._return(item, values)

    def give_back(self, item: WorkItem) -> bool:
        """The process ends before the work does: another one may begin at once."""
        return self._return(item, {"attempts": item.attempts - 1, "waits": work.c.waits + 1})

    def void_leases(self) -> None:
        """At the start of the only process that works: whoever held a lease is gone."""
        with self.engine.begin() as connection:
            connection.execute(update(work).values(lease_until=0.0, token=work.c.token + 1))

    def _return(self, item: WorkItem, values: dict[str, Any]) -> bool:
        """What became of this generation says nothing about a newer one, which may begin."""
        with self.engine.begin() as connection:
            mine = and_(work.c.id == item.id, work.c.token == item.token)
            connection.execute(update(work).where(mine).values(lease_until=0.0))
            same = and_(mine, work.c.wanted == item.generation)
            return connection.execute(update(work).where(same).values(values)).rowcount == 1

    def _write(self, item: WorkItem, values: dict[str, Any]) -> bool:
        with self.engine.begin() as connection:
            mine = and_(work.c.id == item.id, work.c.token == item.token)
            return connection.execute(update(work).where(mine).values(values)).rowcount == 1


def afresh(now: float) -> dict[str, Any]:
    """The columns of a row that nobody has tried yet."""
    return {
        "state": "ready",
        "attempts": 0,
        "waits": 0,
        "not_before": 0.0,
        "asked_at": now,
        "began_at": 0.0,
        "deadline": 0.0,
        "reason": "",
    }


def _runnable(now: float, only: int | None) -> Select[Any]:
    busy, owner = work.alias(), owners.alias()
    is_busy = exists().where(
        busy.c.pull == work.c.pull, busy.c.lease_until > now, busy.c.id != work.c.id
    )
    found = (
        select(work)
        .outerjoin(owner, owner.c.name == work.c.owner)
        .where(
            work.c.wanted > work.c.done,
            work.c.state == "ready",
            work.c.lease_until <= now,
            work.c.not_before <= now,
            or_(owner.c.held_until.is_(None), owner.c.held_until <= now),
            ~is_busy,
        )
        .order_by(func.coalesce(owner.c.served_at, 0.0), work.c.id)
    )
    return found if only is None else found.where(work.c.id == only)


def _note_owner(connection: Connection, name: str, values: dict[str, float]) -> None:
    """Times only move forward: a shorter wait does not end a longer one."""
    known = connection.execute(select(owners).where(owners.c.name == name)).first()
    if known is not None:
        later = {key: max(value, getattr(known, key)) for key, value in values.items()}
        connection.execute(update(owners).where(owners.c.name == name).values(later))
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(owners).values(name=name, **values))
    except IntegrityError:
        connection.execute(update(owners).where(owners.c.name == name).values(values))


def _item(row: Row[Any], now: float) -> WorkItem:
    doomed = ""
    if row.attempts >= MAX_ATTEMPTS:
        doomed = row.reason or CRASHED
    elif row.deadline and row.deadline < now:
        doomed = f"There was no result in time. {row.reason}".strip()
    # A later version may have written more than this one knows.
    wish = Wish(**{name: row.wish[name] for name in _WISH if name in row.wish})
    attempts = row.attempts + 1
    token, waited = row.token + 1, max(0.0, now - (row.asked_at or now))
    is_greeted = row.greeting == Greeting.SAID
    return WorkItem(
        row.id, wish, row.wanted, token, attempts, row.waits, doomed, waited, is_greeted
    )
