"""Counts over the records: what was offered, what became of it, how long it took.

Pure. Knows no database and no format.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .became import FIXED, Became
from .remarks import Offer


@dataclass(frozen=True, slots=True)
class Told:
    """One offer of the records. Times are seconds since 1970."""

    repository: str
    rule: str
    offered: str
    became: Became
    first_seen_at: float
    became_at: float

    @property
    def seconds(self) -> float | None:
        """From the run that saw it first to the run that saw it gone; None while it is there."""
        return max(0.0, self.became_at - self.first_seen_at) if self.became in FIXED else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of some offers. ``fixes`` are those that came with an edit; what became neither of
    the others is in ``offered`` alone. Times are seconds, and None where nothing was fixed.
    """

    offered: int
    fixes: int
    accepted: int
    edited: int
    otherwise: int
    dismissed: int
    merged: int
    closed: int
    open: int
    median_seconds: float | None
    p90_seconds: float | None

    @classmethod
    def of(cls, offers: Iterable[Told]) -> Figures:
        """Of any offers."""
        told = tuple(offers)
        times = sorted(one.seconds for one in told if one.seconds is not None)
        count = Counter(one.became for one in told)
        return cls(
            offered=len(told),
            fixes=sum(one.offered != Offer.ADVICE.value for one in told),
            accepted=count[Became.ACCEPTED],
            edited=count[Became.EDITED],
            otherwise=count[Became.OTHERWISE],
            dismissed=count[Became.DISMISSED],
            merged=count[Became.MERGED],
            closed=count[Became.CLOSED],
            open=count[Became.OPEN],
            median_seconds=statistics.median(times) if times else None,
            # The smallest time that nine of ten were not slower than.
            p90_seconds=times[math.ceil(0.9 * len(times)) - 1] if times else None,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one rule in one repository."""

    repository: str
    rule: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Statistics:
    """Lines by repository and rule, and all of them together."""

    lines: tuple[Line, ...]
    total: Figures

    @classmethod
    def of(cls, offers: Iterable[Told]) -> Statistics:
        """Of the records that were asked for."""
        groups: dict[tuple[str, str], list[Told]] = {}
        for one in offers:
            groups.setdefault((one.repository, one.rule), []).append(one)
        return cls(
            tuple(Line(*key, Figures.of(group)) for key, group in sorted(groups.items())),
            Figures.of(one for group in groups.values() for one in group),
        )
