"""What of a judged finding crosses to another process: the finding, and what is offered, as text.

Enough to put it beside others and to outline its fix; what it would write stays where it was found.
"""

from __future__ import annotations

from .frozen import dataclass
from .merge import Judged, mark
from .model import Finding, NotAnalysed, Safety
from .rule import Advice, Repair, Targeted, Violation
from .terraform.edit import Noted


@dataclass(frozen=True, slots=True)
class Mark:
    """An intent: the file it is meant for, and what tells it from others."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A repair without its intents."""

    safety: Safety
    title: str
    cost: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A judged finding in words alone: what is ``offered``, or else ``advice``."""

    finding: Finding
    directory: str
    advice: str = ""
    offered: Offered | None = None

    @classmethod
    def of(cls, judged: Judged) -> Told:
        """What can be told of it."""
        repair = judged.violation.repair
        if isinstance(repair, Advice):
            return cls(judged.finding, judged.directory, repair.text)
        marks = tuple(Mark(one.path, mark(one)) for one in repair.intents)
        offered = Offered(repair.safety, repair.title, repair.cost, marks)
        return cls(judged.finding, judged.directory, offered=offered)

    def judged(self) -> Judged:
        """As it was judged, but that nobody can write its repair."""
        repair = Advice(self.advice) if self.offered is None else _repair(self.offered)
        found = self.finding
        violation = Violation(found.attribute, found.message, repair, unknown=found.unknown)
        return Judged(found, violation, self.directory)


def _repair(offered: Offered) -> Repair:
    noted = tuple(Targeted(one.path, Noted(one.text)) for one in offered.marks)
    return Repair(offered.safety, offered.title, offered.cost, noted)


@dataclass(frozen=True, slots=True)
class SeenThere:
    """What one root showed: the directory and the environment, and what of it can be told."""

    directory: str
    environment: str
    told: tuple[Told, ...]
    not_analysed: tuple[NotAnalysed, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What one root directory shows in every environment, and its files that cannot be read."""

    root: str
    seen: tuple[SeenThere, ...] = ()
    missing: tuple[NotAnalysed, ...] = ()
