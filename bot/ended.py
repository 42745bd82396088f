"""How a run came to its end. Nothing else."""

from __future__ import annotations

from enum import Enum


class Ended(Enum):
    """The words that the records keep."""

    REVIEWED = "reviewed"
    CLOSED = "closed"
    SUPERSEDED = "superseded"
    KNOWN = "known"
    """This head has its conclusion already; nothing was done, and nothing is recorded."""
    GIVEN_UP = "given up"
    """The check was concluded as *could not review*."""
