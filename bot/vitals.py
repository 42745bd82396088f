"""Whether what the work needs is there, as somebody who looked wrote it down. Repairs nothing.

The processes that hold credentials look; those that are asked read what they found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from .database import vitals
from .forge.errors import ForgeError, Refused

LOOK_EVERY: Final = 60.0
STALE_SECONDS: Final = 300.0
"""What nobody has looked at for so long is not known."""
SKEW_SECONDS: Final = 30.0
"""GitHub takes the tokens that an App signs only near its own time."""
NAMES: Final = ("clock", "credentials")

Probe = Callable[[], float]
"""Seconds by which this clock is ahead of a forge's, asked with our credentials. Raises
``ForgeError``, of which ``Refused`` means that the credentials are no good.
"""


@dataclass(frozen=True, slots=True)
class Vital:
    """One thing; ``says`` is a sentence where it is not good."""

    is_good: bool
    says: str = ""


_GOOD: Final = Vital(True)


@dataclass(frozen=True, slots=True)
class Vitals:
    """A row a thing."""

    engine: Engine
    clock: Callable[[], float] = field(default=time.time)

    def look(self, probes: Mapping[str, Probe]) -> int:
        """Ask every forge and write down what was found; how many are not good."""
        found: dict[str, Vital] = {}
        for name, probe in probes.items():
            try:
                seen = _judged(name, probe())
            except Refused as error:
                seen = {"credentials": Vital(False, str(error))}
            except ForgeError:
                continue  # nobody answered: what was known before stands until it is stale
            # What is bad at one forge is not made good by another.
            found |= {what: vital for what, vital in seen.items() if found.get(what, _GOOD).is_good}
        for name, vital in found.items():
            self._note(name, vital)
        return sum(not vital.is_good for vital in found.values())

    def read(self) -> dict[str, Vital]:
        """What is known of each of ``NAMES``."""
        since = self.clock() - STALE_SECONDS
        with self.engine.begin() as connection:
            rows = {row.name: row for row in connection.execute(select(vitals))}
        unknown = Vital(False, "Nobody has looked lately; the process that sweeps may be down.")
        return {
            name: Vital(bool(rows[name].is_good), rows[name].says)
            if name in rows and rows[name].seen_at >= since
            else unknown
            for name in NAMES
        }

    def _note(self, name: str, vital: Vital) -> None:
        values = {"is_good": vital.is_good, "says": vital.says[:300], "seen_at": self.clock()}
        with self.engine.begin() as connection:
            again = update(vitals).where(vitals.c.name == name).values(values)
            if connection.execute(again).rowcount:
                return
            try:
                with connection.begin_nested():
                    connection.execute(insert(vitals).values(name=name, **values))
            except IntegrityError:
                connection.execute(again)


def _judged(forge: str, ahead: float) -> dict[str, Vital]:
    clock = _GOOD
    if abs(ahead) > SKEW_SECONDS:
        way = "ahead of" if ahead > 0 else "behind"
        clock = Vital(False, f"This clock is {abs(ahead):.0f} seconds {way} {forge}'s.")
    return {"credentials": _GOOD, "clock": clock}
