"""What a rule is, what it may offer, and how rules are found: one exists because its file does.

A rule imports the nouns, the shapes and the tree. Never another rule, never the planner.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

from .frozen import dataclass
from .model import Related, Safety, Severity
from .terraform.edit import Intent
from .terraform.module import Module, Resource
from .terraform.nodes import Attribute, Block, Entry, Expression

INDEX: Final = "kinds.jsonl"
"""Beside the rules: a line for each file, with what its rules judge. `make docs` writes it."""
_PACKAGE: Final = "remediations.rules"


class CannotJudge(Exception):
    """A rule met something it has no answer for; the message says what."""


@dataclass(frozen=True, slots=True)
class Severities:
    """How bad it is in each environment; ``None`` means that it is not said there."""

    dev: Severity | None
    staging: Severity | None
    prod: Severity | None

    def of(self, environment: str) -> Severity | None:
        """The one for an environment; unknown names count as staging."""
        return {"dev": self.dev, "prod": self.prod}.get(environment, self.staging)


@dataclass(frozen=True, slots=True)
class Targeted:
    """An intent and the file it is meant for. A file that is not there yet is created."""

    path: str
    intent: Intent


@dataclass(frozen=True, slots=True)
class Repair:
    """How to close a violation. ``cost`` is one sentence about what happens on apply."""

    safety: Safety
    title: str
    cost: str
    intents: tuple[Targeted, ...]
    touches: tuple[str, ...] = ()
    """Addresses of other blocks that it changes, besides the one that was judged."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What an edit does and what it costs, before it is known where it goes."""

    safety: Safety
    title: str
    cost: str

    def repair(
        self, *intents: Targeted, touches: tuple[str, ...] = (), besides: Iterable[str] = ()
    ) -> Repair:
        """The edit itself, at this price and what else there is to say of this one."""
        cost = " ".join([self.cost, *besides])
        return Repair(self.safety, self.title, cost, intents, touches)


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person has to decide, where no edit can be proved right."""

    text: str


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule saw. Without a node it stands on the line that names the resource."""

    attribute: str
    message: str
    repair: Repair | Advice
    node: Attribute | Block | Entry | Expression | None = None
    unknown: str | None = None
    statement: str = ""
    related: tuple[Related, ...] = ()


class Rule(ABC):
    """One rule on one resource. The page beside the module says why and shows examples."""

    id: ClassVar[str]
    title: ClassVar[str]
    resources: ClassVar[tuple[str, ...]]
    severity: ClassVar[Severities]
    aliases: ClassVar[tuple[str, ...]] = ()

    def severity_of(self, resource: Resource) -> Severities:  # noqa: ARG002 - for some rules
        """How bad it is for this resource, where resources differ."""
        return self.severity

    @abstractmethod
    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """What is wrong with this resource. May raise ``CannotJudge``."""


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, found by walking the folder, ordered by id."""
    return _sorted(rule for name in _names() for rule in _held(name))


@cache
def rules_of(kind: str) -> tuple[Rule, ...]:
    """The rules that judge a kind of resource; no other is loaded. Ordered by id."""
    named = (name for name, kinds in _kinds().items() if kind in kinds)
    return _sorted(rule for name in named for rule in _held(name) if kind in rule.resources)


@cache
def judged_kinds(off: frozenset[str] = frozenset()) -> frozenset[str]:
    """The kinds that any rule judges, but for those that are off, by id; none is loaded."""
    return frozenset().union(*(kinds for name, kinds in _kinds().items() if _id(name) not in off))


def _id(name: str) -> str:
    """A file is called after its rule."""
    return name.rpartition(".")[2].replace("_", "-")


def _sorted(found: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(found, key=lambda rule: rule.id))


@cache
def _names() -> tuple[str, ...]:
    """``service.stem`` of every file in the folder that may hold rules."""
    here = Path(__file__).parent / "rules"
    return tuple(
        f"{folder.name}.{one.stem}"
        for folder in here.iterdir()
        if "." not in folder.name and not folder.name.startswith("_")
        for one in folder.iterdir()
        if one.suffix == ".py" and one.stem != "__init__"
    )


@cache
def _held(name: str) -> tuple[Rule, ...]:
    module = importlib.import_module(f"{_PACKAGE}.{name}")
    return tuple(
        thing()
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Rule)
        and thing.__module__ == module.__name__
    )


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    """What each file's rules judge: as the index says, where it names all that is there."""
    try:
        lines = (pkgutil.get_data(_PACKAGE, INDEX) or b"").splitlines()
    except FileNotFoundError:
        return kinds_by_file()
    said = {name: frozenset(kinds) for name, *kinds in map(json.loads, lines)}
    return said if said.keys() == set(_names()) else kinds_by_file()


def kinds_by_file() -> dict[str, frozenset[str]]:
    """What the rules of each file judge, told by themselves; this loads all of them."""
    return {
        name: frozenset(kind for rule in _held(name) for kind in rule.resources)
        for name in _names()
    }


def find_rule(name: str) -> Rule:
    """By id or alias. Raises ``LookupError`` for an unknown name."""
    for rule in rules():
        if name == rule.id or name in rule.aliases:
            return rule
    raise LookupError(f"there is no rule called {name}")


def page(name: str) -> str:
    """The page of a rule, as Markdown. Raises ``LookupError`` for an unknown name."""
    rule = find_rule(name)
    package, _, stem = type(rule).__module__.rpartition(".")
    return (pkgutil.get_data(package, f"{stem}.md") or b"").decode()
