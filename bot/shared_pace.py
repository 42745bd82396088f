"""Places in time that several processes share, kept in Redis. Knows no owner and no forge.

Redis says what time it is, so that a process whose clock is wrong waits as long as the others.
Without Redis each process paces itself; more is sent then, and the forge's refusals are obeyed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import redis

from .pace import Bucket, LocalSlots, Pace
from .settings import Settings

_PREFIX: Final = "lockstitch:pace:"
_SULK_SECONDS: Final = 5.0
_KEPT_SECONDS: Final = 7_200
# KEYS: the bucket. ARGV: seconds that the cost takes, that the burst takes, that one would wait.
_BOOK: Final = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0')) + tonumber(ARGV[1])
local wait = math.max(0, full - tonumber(ARGV[2]) - now)
if wait > tonumber(ARGV[3]) then return {tostring(wait), 0} end
local ends = math.ceil((full - now) * 1000) + 1000
redis.call('SET', KEYS[1], string.format('%.6f', full), 'PX', ends)
return {tostring(wait), 1}
"""
# KEYS: the ticket. ARGV: seconds until its place, seconds that it is kept.
_KEEP: Final = """
local clock = redis.call('TIME')
local at = clock[1] + clock[2] / 1000000 + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.6f', at), 'EX', ARGV[2])
"""
_CLAIM: Final = """
local at = redis.call('GETDEL', KEYS[1])
if not at then return false end
local clock = redis.call('TIME')
return tostring(math.max(0, tonumber(at) - clock[1] - clock[2] / 1000000))
"""
_FOREVER: Final = 10.0**9

_LOG: Final = logging.getLogger(__name__)

T = TypeVar("T")


def pace_of(settings: Settings) -> Pace:
    """That of a process: shared with others where there is a Redis."""
    pace = Pace(pause=settings.pause)
    if settings.redis_url is not None:
        pace.slots = SharedSlots(settings.redis_url)
    return pace


class SharedSlots:
    """``Slots`` of everybody who has this Redis."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._book, self._keep, self._claim = map(
            self._redis.register_script, (_BOOK, _KEEP, _CLAIM)
        )
        self._own = LocalSlots()
        self._sulks_until = 0.0

    def book(self, key: str, bucket: Bucket, cost: float, most: float) -> tuple[float, bool]:
        """As ``Slots`` says."""

        def shared() -> tuple[float, bool]:
            numbers = (bucket.seconds(cost), bucket.seconds(bucket.burst), min(most, _FOREVER))
            wait, is_booked = self._book(keys=[_PREFIX + key], args=numbers)
            return float(wait), bool(is_booked)

        return self._either(shared, lambda: self._own.book(key, bucket, cost, most))

    def keep(self, ticket: str, after: float) -> None:
        """As ``Slots`` says."""

        def shared() -> None:
            ends = int(after) + _KEPT_SECONDS
            self._keep(keys=[f"{_PREFIX}ticket:{ticket}"], args=(after, ends))

        self._either(shared, lambda: self._own.keep(ticket, after))

    def claim(self, ticket: str) -> float | None:
        """As ``Slots`` says."""

        def shared() -> float | None:
            wait = self._claim(keys=[f"{_PREFIX}ticket:{ticket}"])
            return self._own.claim(ticket) if wait is None else float(wait)

        return self._either(shared, lambda: self._own.claim(ticket))

    def _either(self, shared: Callable[[], T], own: Callable[[], T]) -> T:
        if time.monotonic() >= self._sulks_until:
            try:
                return shared()
            except redis.RedisError as error:
                _LOG.warning("pace is not shared reason=%s", type(error).__name__)
                self._sulks_until = time.monotonic() + _SULK_SECONDS
        return own()
