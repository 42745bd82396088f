"""How a check ends. Apart from the port, because the command line needs no more of it."""

from __future__ import annotations

from enum import Enum


class Conclusion(Enum):
    """How a check ends."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"
    CANCELLED = "cancelled"
