"""Who is asked before a request is sent, so that the forge never has to refuse one. No numbers."""

from __future__ import annotations

from enum import Enum
from typing import Protocol


class Kind(Enum):
    """What a request does, as forges count it."""

    READ = "read"
    WRITE = "write"
    CONTENT = "content"
    """A write that people are told of: a comment, a review, a commit."""


class Pacer(Protocol):
    """Lets requests through one after the other."""

    def before(self, kind: Kind) -> None:
        """Wait until a request of this kind may be sent. Raises ``RateLimited`` if that is long."""

    def heard(self, left: int, resets_in: float, a_minute: int = 0, in_all: int = 0) -> None:
        """The forge said how many requests it still allows, and for how many seconds.

        Where its limits are its own, ``a_minute`` is how many it allows in a minute, and ``in_all``
        until it counts anew; 0 where it did not say.
        """


class Hurry:
    """Waits for nothing."""

    def before(self, kind: Kind) -> None:
        """At once."""

    def heard(self, left: int, resets_in: float, a_minute: int = 0, in_all: int = 0) -> None:
        """Not remembered."""
