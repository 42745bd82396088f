"""What a look at one part of the bot's surroundings found, and how to mend it. Looks at nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How something is; the words that people and programs read."""

    OK = "ok"
    WARNING = "warning"
    """It works, and could be better."""
    BROKEN = "broken"
    """Reviews fail, are late, or do not hold anything up."""
    UNKNOWN = "unknown"
    """It could not be looked at."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding of the doctor. ``mend`` is what to do, empty where all is well."""

    name: str
    state: State
    says: str
    mend: str = ""


def exit_code(found: Iterable[Diagnosis]) -> int:
    """0 well, or well enough; 1 something is broken; 2 something was not seen, which wins."""
    states = {one.state for one in found}
    if State.UNKNOWN in states:
        return 2
    return 1 if State.BROKEN in states else 0
