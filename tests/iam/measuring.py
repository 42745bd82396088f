"""How often what is suggested is what a person says is meant, on the labelled statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt

from remediations.codebase import Codebase
from remediations.iam.choice import Choice, choose
from remediations.iam.inference import Question
from remediations.iam.nouns import NOUNS
from remediations.iam.sorting import sort
from remediations.iam.statements import policies
from remediations.terraform.grammar import Grammar

from .labelled import Labelled, files_of, labelled

SERVICES = {noun.service: noun for noun in NOUNS.values()}
_SURE_TO = 1.96


@dataclass(frozen=True, slots=True)
class Outcome:
    """One service of one statement: the label, and what would be named in an edit."""

    row: Labelled
    service: str
    suggested: frozenset[str]
    said: str

    @property
    def is_meant(self) -> bool:
        """Whether there is something that an edit could name."""
        return self.row.labels[self.service].verdict == "resources"

    @property
    def is_right(self) -> bool:
        """Whether exactly what is meant would be named."""
        return self.is_meant and self.suggested == self.row.labels[self.service].resources


@dataclass(frozen=True, slots=True)
class Score:
    """Of what is suggested how much is right, and of what is meant how much is suggested."""

    suggested: int
    right: int
    meant: int

    @property
    def precision(self) -> float:
        return self.right / self.suggested if self.suggested else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.meant if self.meant else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the precision, at 95 %."""
        if not self.suggested:
            return 0.0, 1.0
        n, p, z = self.suggested, self.precision, _SURE_TO
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        around = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - around), min(1.0, middle + around)


def outcomes(half: str, grammar: Grammar) -> Iterator[Outcome]:
    """Every service of every statement of one half, as an edit would see it."""
    for row in labelled():
        if row.half == half:
            for service in row.labels.keys() & SERVICES.keys():
                yield _outcome(row, service, grammar)


def score(found: Sequence[Outcome]) -> Score:
    """Right, suggested and meant, counted."""
    suggested = [one for one in found if one.suggested]
    return Score(
        len(suggested),
        sum(one.is_right for one in suggested),
        sum(one.is_meant for one in found),
    )


def _outcome(row: Labelled, service: str, grammar: Grammar) -> Outcome:
    modules = {one.directory: one for one in _codebase(row.module, grammar).modules}
    module = modules[row.directory]
    holder = module.resource(row.address)
    assert holder is not None
    held = [(policy, one) for policy in policies(holder, module) for one in policy]
    policy, statement = held[row.statement]
    question = Question(SERVICES[service], holder, policy, statement, module)
    if not sort(question).movable:
        return Outcome(row, service, frozenset(), "nothing in it can be scoped")
    found = choose(question)
    if not isinstance(found, Choice):
        return Outcome(row, service, frozenset(), found)
    named = frozenset(one.address for one in found.resources)
    return Outcome(row, service, named, found.evidence)


@cache
def _codebase(name: str, grammar: Grammar) -> Codebase:
    return Codebase.read(files_of(name), grammar)
