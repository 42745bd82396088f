"""The vendor's limits on how much may be asked and said, counted for each owner. No HTTP.

Sources: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .limits import Refusal

MINUTE: Final = 60.0
HOUR: Final = 3_600.0
_SAID: Final = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


@dataclass(frozen=True, slots=True)
class Limit:
    """No more than ``most`` in any ``seconds``."""

    name: str
    most: int
    seconds: float


POINTS: Final = Limit("points", 900, MINUTE)
CONTENTS: Final = (Limit("contents", 80, MINUTE), Limit("contents", 500, HOUR))


@dataclass(slots=True)
class Meter:
    """Counts what was let in; ``refusals`` is what was not, by owner and limit."""

    clock: Callable[[], float]
    most_an_hour: int = 5_000
    refusals: list[tuple[str, str]] = field(default_factory=list)
    writes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When each owner's writes were let in."""
    _begins: dict[str, float] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _seen: dict[tuple[str, str], deque[tuple[float, int]]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    def count(self, owner: str, *, writes: bool, is_content: bool) -> dict[str, str]:
        """The headers of the answer. Raises ``Refusal`` past a limit."""
        now = self.clock()
        if now >= self._begins.get(owner, 0.0) + HOUR:
            self._begins[owner], self._used[owner] = now, 0
        headers = self._headers(owner)
        if self._used[owner] >= self.most_an_hour:
            self.refusals.append((owner, "primary"))
            raise Refusal(403, "API rate limit exceeded for installation.", headers=headers)
        self._check(owner, POINTS, 5 if writes else 1, now)
        for limit in CONTENTS if is_content else ():
            self._check(owner, limit, 1, now)
        self._used[owner] += 1
        self._seen[owner, POINTS.name].append((now, 5 if writes else 1))
        if is_content:
            self._seen[owner, "contents"].append((now, 1))
        if writes:
            self.writes[owner].append(now)
        return self._headers(owner)

    def forgive(self, owner: str) -> None:
        """What had not changed is not counted against the hour."""
        self._used[owner] -= 1

    def _check(self, owner: str, limit: Limit, cost: int, now: float) -> None:
        seen = self._seen[owner, limit.name]
        while seen and seen[0][0] <= now - HOUR:
            seen.popleft()
        used = sum(points for at, points in seen if at > now - limit.seconds)
        if used + cost > limit.most:
            self.refusals.append((owner, f"{limit.name} in {limit.seconds:.0f} s"))
            raise Refusal(403, _SAID, headers={"Retry-After": "60"})

    def _headers(self, owner: str) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.most_an_hour),
            "X-RateLimit-Remaining": str(self.most_an_hour - self._used[owner]),
            "X-RateLimit-Reset": str(int(self._begins[owner] + HOUR)),
        }
