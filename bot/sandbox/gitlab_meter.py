"""GitLab's limit on a user's requests, counted in fixed windows. No HTTP.

https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from .limits import Refusal

WINDOW: Final = 60.0
RETRY: Final = "Retry later"
"""The whole answer, as plain text."""
NOTES_A_MINUTE: Final = 300
"""https://docs.gitlab.com/administration/settings/rate_limit_on_notes_creation/"""


@dataclass(slots=True)
class GitLabMeter:
    """``refusals`` is how many requests were not let in."""

    clock: Callable[[], float]
    most: int
    """In ``seconds``."""
    seconds: float = WINDOW
    refusals: int = 0
    _used: dict[tuple[str, str, float], int] = field(default_factory=dict)

    def count(self, login: str, *, is_note: bool = False) -> dict[str, str]:
        """The headers of the answer. Raises ``Refusal`` past a limit."""
        used = self._more(login, "requests")
        if used > self.most:
            self.refusals += 1
            raise Refusal(429, RETRY, headers=self._headers(used))
        if is_note and self._more(login, "notes") > NOTES_A_MINUTE:
            self.refusals += 1
            said = "This endpoint has been requested too many times. Try again later."
            raise Refusal(429, said, headers={"Retry-After": "60"})
        return self._headers(used)

    def _more(self, login: str, what: str) -> int:
        begins = self._begins() if what == "requests" else self.clock() // WINDOW
        key = login, what, begins
        self._used[key] = self._used.get(key, 0) + 1
        return self._used[key]

    def _begins(self) -> float:
        return self.clock() // self.seconds * self.seconds

    def _headers(self, used: int) -> dict[str, str]:
        ends = int(self._begins() + self.seconds)
        told = {
            "RateLimit-Limit": str(ceil(self.most * WINDOW / self.seconds)),
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Observed": str(used),
            "RateLimit-Remaining": str(max(0, self.most - used)),
            "RateLimit-Reset": str(ends),
        }
        if used > self.most:
            told["Retry-After"] = str(max(1, int(ends - self.clock())))
        return told
