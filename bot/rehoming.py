"""What becomes of work and records where a repository comes, leaves or moves.

Whatever it does it may do twice: the second time changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Table, and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from .database import offers, outcomes, runs, work
from .forge.vocabulary import GITHUB, GITLAB
from .homes import Came, HomeChange, Left
from .inbox import afresh

_RECORDS: Final = (
    (runs, ()),
    (offers, ("fingerprint",)),
    (outcomes, ("fingerprint", "outcome", "head")),
)
"""What is kept of pull requests, and what is there once for each."""


@dataclass(frozen=True, slots=True)
class Rehoming:
    """One short transaction a change."""

    engine: Engine
    clock: Callable[[], float] = field(default=time.time)
    forge: str = "github"

    @property
    def sign(self) -> str:
        """What stands before the number of a pull request there."""
        return GITLAB.sign if self.forge == "gitlab" else GITHUB.sign

    def apply(self, changes: Iterable[HomeChange]) -> tuple[int, ...]:
        """Rows of work that may be begun now."""
        woken: list[int] = []
        for change in changes:
            with self.engine.begin() as connection:
                if isinstance(change, Came):
                    woken += self._come(connection, change.place)
                elif isinstance(change, Left):
                    self._leave(connection, change.place)
                else:
                    woken += self._move(connection, change.before, change.after)
        return tuple(woken)

    def _come(self, connection: Connection, place: str) -> list[int]:
        """What was given up there is tried again; what nobody asked for, the sweeper finds."""
        dead = [row.id for row in self._unfinished(connection, place) if row.state == "dead"]
        again = update(work).where(work.c.id.in_(dead)).values(afresh(self.clock()))
        connection.execute(again)
        return [int(row) for row in dead]

    def _leave(self, connection: Connection, place: str) -> None:
        """Nothing can be said there any more. Whoever works on a row loses it."""
        ended = [row.id for row in self._unfinished(connection, place)]
        connection.execute(
            update(work)
            .where(work.c.id.in_(ended))
            .values(done=work.c.wanted, lease_until=0.0, token=work.c.token + 1, state="ready")
        )

    def _move(self, connection: Connection, before: str, after: str) -> list[int]:
        """Work goes on under the new name, and the records with it."""
        rows = self._all(connection, before)
        renamed = [row for row in rows if self._renamed(connection, row, before, after)]
        for table, unique in _RECORDS:
            _rename(connection, table, before, after, self.sign, unique)
        return [int(row.id) for row in renamed if row.wanted > row.done]

    def _renamed(self, connection: Connection, row: Row[Any], before: str, after: str) -> bool:
        """False where the new name has such a row already, which then does for both."""
        repository = after + row.wish["repository"][len(before) :]
        pull = f"{self.forge}:{after}{row.pull[len(f'{self.forge}:{before}') :]}"
        values = {
            "wish": {**row.wish, "repository": repository},
            "pull": pull,
            "key": row.key.replace(row.pull, pull),
            "owner": f"{self.forge}:{repository.split('/')[0]}",
            "token": work.c.token + 1,
            "lease_until": 0.0,
        }
        mine = work.c.id == row.id
        try:
            with connection.begin_nested():
                connection.execute(update(work).where(mine).values(values))
        except IntegrityError:
            connection.execute(update(work).where(mine).values(done=work.c.wanted))
            if row.wanted > row.done:
                other = work.c.key == values["key"]
                connection.execute(update(work).where(other).values(wanted=work.c.wanted + 1))
            return False
        return True

    def _unfinished(self, connection: Connection, place: str) -> list[Row[Any]]:
        return [row for row in self._all(connection, place) if row.wanted > row.done]

    def _all(self, connection: Connection, place: str) -> list[Row[Any]]:
        found = (
            select(work)
            .where(_at(work.c.pull, f"{self.forge}:{place}", self.sign))
            .order_by(work.c.id)
        )
        return list(connection.execute(found).all())


def _at(pull: Any, place: str, sign: str) -> Any:
    """Whether a pull request is there; names may hold what LIKE takes for a pattern.

    On GitLab a place with a slash may be a group as well; a project of that name is none then.
    """
    begins = (func.substr(pull, 1, len(place) + 1) == f"{place}{end}" for end in (sign, "/"))
    return and_(or_(*begins), pull.like(f"%{sign}%"))


def _rename(
    connection: Connection,
    table: Table,
    before: str,
    after: str,
    sign: str,
    unique: tuple[str, ...],
) -> None:
    """Rows that are there under the new name too stay what they are."""
    other = table.alias()
    new = after + func.substr(table.c.pull, len(before) + 1)
    where = [_at(table.c.pull, before, sign)]
    if unique:
        same = (other.c[name] == table.c[name] for name in unique)
        where.append(~exists().where(other.c.pull == new, *same))
    values = {"pull": new}
    if table is offers:
        values["repository"] = after + func.substr(offers.c.repository, len(before) + 1)
    connection.execute(update(table).where(*where).values(values))
