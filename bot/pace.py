"""How fast the requests for one owner may follow each other. Knows numbers and time, no forge.

GitHub's limits are counted for an installation, which is an owner here:
https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
A GitLab's are its own and counted for a token; its answers say what they are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Protocol

from .forge.errors import NotYet, Queued
from .forge.pacer import Kind
from .metrics import BUDGET, PACED

RESERVE: Final = 200
"""Requests of the forge's allowance that are left to runs that have begun, and to their checks."""
_PATIENCE: Final = 30.0
"""A run that has begun waits so long for a request; beyond, its row waits instead."""
_CROWDED: Final = 5.0
"""Where a write would wait so long, enough runs of this owner have begun."""
_POINTS: Final = {Kind.READ: 1, Kind.WRITE: 5, Kind.CONTENT: 5}


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many at once, and then so many a second: over any time at most burst and rate times it."""

    name: str
    per_second: float
    burst: float

    def seconds(self, cost: float) -> float:
        """How long the bucket takes to fill up by this much."""
        return cost / self.per_second


POINTS: Final = Bucket("points", 10.0, 300.0)
"""900 a minute, a write counting five."""
WRITES: Final = Bucket("writes", 1.0, 1.0)
"""One a second, as GitHub asks for; that keeps below 80 new contents a minute as well."""
CONTENTS: Final = Bucket("contents", 0.1, 140.0)
"""500 an hour."""
NOTES: Final = Bucket("notes", 2.5, 150.0)
"""300 a minute: what GitLab lets one user say, if it was not set otherwise.
https://docs.gitlab.com/administration/settings/rate_limit_on_notes_creation/
"""
_A_REVIEW: Final = 2
"""Contents that a review most often makes: itself and its summary."""


class Slots(Protocol):
    """Places in time, by owner and bucket, and who has booked one."""

    def book(self, key: str, bucket: Bucket, cost: float, most: float) -> tuple[float, bool]:
        """Seconds until the next free place, and whether it is taken: only within ``most``."""

    def keep(self, ticket: str, after: float) -> None:
        """Somebody will come for a place that begins in so many seconds."""

    def claim(self, ticket: str) -> float | None:
        """Seconds until the place of this ticket, which is given back; None where there is none."""


@dataclass(slots=True)
class LocalSlots:
    """Those of one process."""

    clock: Callable[[], float] = time.time
    _full_at: dict[str, float] = field(default_factory=dict)
    _tickets: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def book(self, key: str, bucket: Bucket, cost: float, most: float) -> tuple[float, bool]:
        """As ``Slots`` says."""
        with self._lock:
            now = self.clock()
            full_at = max(now, self._full_at.get(key, now)) + bucket.seconds(cost)
            wait = max(0.0, full_at - bucket.seconds(bucket.burst) - now)
            if wait <= most:
                self._full_at[key] = full_at
            return wait, wait <= most

    def keep(self, ticket: str, after: float) -> None:
        """As ``Slots`` says."""
        with self._lock:
            now = self.clock()
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            self._tickets[ticket] = now + after

    def claim(self, ticket: str) -> float | None:
        """As ``Slots`` says."""
        with self._lock:
            at = self._tickets.pop(ticket, None)
            return None if at is None else max(0.0, at - self.clock())


@dataclass(frozen=True, slots=True)
class _Allowance:
    """What a forge said last of the requests that it takes."""

    left: int = RESERVE
    resets_at: float = 0.0
    a_minute: int = 0
    """0 where its limits are those above."""
    in_all: int = 0
    """In the time it counts for, which may be longer than a minute."""

    @property
    def reserve(self) -> int:
        """As ``RESERVE``, or less where little is allowed at all."""
        return min(RESERVE, self.in_all // 5) if self.in_all else RESERVE

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Half of it at once, and half over its time: in no such time more than all of it."""
        if not self.a_minute:
            return ()
        return (Bucket("requests", self.a_minute / 120, self.in_all / 2),)


def _account(owner: str) -> str:
    """Whose allowance a request counts for: on GitLab that of the token, which all owners share."""
    return "gitlab" if owner.startswith("gitlab:") else owner


@dataclass(slots=True)
class _Turn:
    """A run: whose it is, its name, and the contents that it has booked and not made yet."""

    owner: str
    ticket: str
    is_urgent: bool = False
    prepaid: int = 0


_TURN: ContextVar[_Turn | None] = ContextVar("turn", default=None)


@dataclass(slots=True)
class Pace:
    """One for all owners of a process. ``pause`` is the time between two writes of one owner."""

    slots: Slots = field(default_factory=LocalSlots)
    pause: float | None = None
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    _told: dict[str, _Allowance] = field(default_factory=dict)

    @contextmanager
    def turn(self, owner: str, ticket: str, *, is_urgent: bool = False) -> Iterator[None]:
        """Requests inside are sent for this owner, by the run of this name.

        Urgent ones never wait: their place is counted, and the others wait for it.
        """
        token = _TURN.set(_Turn(owner, ticket, is_urgent))
        try:
            yield
        finally:
            _TURN.reset(token)

    def gate(self, owner: str) -> None:
        """Raises ``NotYet`` where a run of this owner had better not begin now."""
        account = _account(owner)
        if self.pause == 0 and account == owner:
            return
        told = self._told.get(account, _Allowance())
        now = self.clock()
        if told.left < told.reserve and now < told.resets_at:
            after = told.resets_at - now
            raise NotYet("The forge's allowance of requests is nearly used up.", after)
        for bucket in (self._writes,) if account == owner else told.buckets:
            wait, _ = self.slots.book(f"{account}:{bucket.name}", bucket, 1, -1.0)
            if wait > _CROWDED:
                raise NotYet("Enough reviews of this owner have begun.", wait - _CROWDED + 1)

    def before(self, kind: Kind) -> None:
        """As ``Pacer`` says, for the turn that this is part of."""
        turn = _TURN.get()
        if turn is None:
            return
        if (account := _account(turn.owner)) != turn.owner:
            self._as_told(account, kind, is_urgent=turn.is_urgent)
            return
        if self.pause == 0:
            return
        if turn.is_urgent:
            self._count(turn.owner, kind)
            return
        if kind is Kind.CONTENT:
            self._say(turn)
        owner = turn.owner
        self._wait(owner, POINTS, _POINTS[kind])
        if kind is not Kind.READ:
            self._wait(owner, self._writes, 1)

    def _as_told(self, account: str, kind: Kind, *, is_urgent: bool) -> None:
        """Within what the forge itself says that it allows; where it says nothing, at once."""
        notes = (NOTES,) if kind is Kind.CONTENT else ()
        for bucket in (*self._told.get(account, _Allowance()).buckets, *notes):
            if is_urgent:
                self.slots.book(f"{account}:{bucket.name}", bucket, 1, float("inf"))
            else:
                self._wait(account, bucket, 1)

    def _count(self, owner: str, kind: Kind) -> None:
        """Book every place that a request takes, and wait for none."""
        costs = [(POINTS, _POINTS[kind])]
        costs += [(self._writes, 1)] if kind is not Kind.READ else []
        costs += [(CONTENTS, 1)] if kind is Kind.CONTENT else []
        for bucket, cost in costs:
            self.slots.book(f"{owner}:{bucket.name}", bucket, cost, float("inf"))

    def heard(self, left: int, resets_in: float, a_minute: int = 0, in_all: int = 0) -> None:
        """As ``Pacer`` says."""
        turn = _TURN.get()
        if turn is not None:
            account, resets_at = _account(turn.owner), self.clock() + resets_in
            known = self._told.get(account, _Allowance())
            allowed = in_all or known.in_all or a_minute
            self._told[account] = _Allowance(left, resets_at, a_minute, allowed)
            BUDGET.labels(account).set(left)

    @property
    def _writes(self) -> Bucket:
        return Bucket("writes", 1 / self.pause, 1.0) if self.pause else WRITES

    def _wait(self, owner: str, bucket: Bucket, cost: float) -> None:
        wait, is_booked = self.slots.book(f"{owner}:{bucket.name}", bucket, cost, _PATIENCE)
        if not is_booked:
            raise Queued("So many requests were sent that the forge would refuse more.", wait)
        self._sleep(bucket, wait)

    def _say(self, turn: _Turn) -> None:
        """A place for the contents of a review, which may lie far ahead: then it is kept."""
        if turn.prepaid > 0:
            turn.prepaid -= 1
            return
        wait = self.slots.claim(turn.ticket)
        if wait is None:
            key = f"{turn.owner}:{CONTENTS.name}"
            wait, _ = self.slots.book(key, CONTENTS, _A_REVIEW, float("inf"))
        if wait > _PATIENCE:
            self.slots.keep(turn.ticket, wait)
            raise Queued("More was said lately than the forge lets a bot say in an hour.", wait)
        turn.prepaid = _A_REVIEW - 1
        self._sleep(CONTENTS, wait)

    def _sleep(self, bucket: Bucket, wait: float) -> None:
        if wait > 0:
            PACED.labels(bucket.name).inc(wait)
            self.sleep(wait)
