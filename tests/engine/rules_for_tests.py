"""Rules that misbehave in one way each, and a module they are tried on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from remediations.codebase import Codebase
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import (
    Advice,
    CannotJudge,
    Repair,
    Rule,
    Severities,
    Targeted,
    Violation,
)
from remediations.terraform.edit import AddTopLevel, InsertAttribute, Intent, SetValue
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module, Resource

THING = 'resource "thing" "{name}" {{\n  size = 1\n}}\n'


def things(*names: str) -> str:
    return "\n".join(THING.format(name=name) for name in names)


def read(text: str | dict[str, str], grammar: Grammar) -> Codebase:
    files = {"main.tf": text} if isinstance(text, str) else text
    return Codebase.read({path: held.encode() for path, held in files.items()}, grammar)


def use(monkeypatch: pytest.MonkeyPatch, *used: Rule) -> None:
    def of(kind: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in used if kind in rule.resources)

    monkeypatch.setattr("remediations.detect.rules_of", of)


class Unlocked(Rule):
    """``lock`` has to be true. Subclasses mend it wrongly."""

    id = "thing-unlocked"
    title = "Thing is unlocked"
    resources = ("thing",)
    severity = Severities(None, Severity.LOW, Severity.HIGH)
    attribute: ClassVar[str] = "lock"
    safety: ClassVar[Safety] = Safety.SAFE

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        value = module.value_of(resource.attribute(self.attribute))
        if value != Known(True):
            unknown = value.reason if isinstance(value, Unknown) else None
            mend = self.mend(resource, module)
            yield Violation(self.attribute, "It is open.", mend, unknown=unknown)

    def mend(self, resource: Resource, module: Module) -> Repair | Advice:
        intents = tuple(Targeted(resource.path, one) for one in self.intents(resource, module))
        return Repair(self.safety, f"Set {self.attribute}", "In place.", intents)

    def intents(self, resource: Resource, module: Module) -> list[Intent]:
        return [InsertAttribute(resource.body, self.attribute, "true")]


class Untagged(Unlocked):
    id = "thing-untagged"
    attribute = "tagged"


class Unsigned(Unlocked):
    id = "thing-unsigned"
    attribute = "signed"
    safety = Safety.REPLACE


class MendsNothing(Unlocked):
    id = "thing-mends-nothing"
    attribute = "never"

    def intents(self, resource: Resource, module: Module) -> list[Intent]:
        return [InsertAttribute(resource.body, "junk", "1")]


class WritesNonsense(Unlocked):
    id = "thing-writes-nonsense"

    def intents(self, resource: Resource, module: Module) -> list[Intent]:
        return [InsertAttribute(resource.body, "lock", "[")]


class TouchesAnother(Unlocked):
    id = "thing-touches-another"

    def intents(self, resource: Resource, module: Module) -> list[Intent]:
        first = module.resources[0].attribute("size")
        assert first is not None
        mine = super().intents(resource, module)
        return mine if resource is module.resources[0] else [*mine, SetValue(first.value, "2")]


class DeclaresTwice(Unlocked):
    id = "thing-declares-twice"

    def intents(self, resource: Resource, module: Module) -> list[Intent]:
        text = f'resource "thing" "{resource.name}" {{\n  lock = true\n}}'
        return [*super().intents(resource, module), AddTopLevel(text, resource.block)]


class WantsKey(Unlocked):
    """Needs one shared block, written by whoever comes first."""

    id = "thing-wants-key"
    attribute = "key"

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.attribute("key") is None:
            yield Violation("key", "It has no key.", self.mend(resource, module))

    def mend(self, resource: Resource, module: Module) -> Repair | Advice:
        folder = f"{module.directory}/" if module.directory else ""
        new = Targeted(f"{folder}key.tf", AddTopLevel('resource "key" "ml" {}'))
        set_key = Targeted(resource.path, InsertAttribute(resource.body, "key", "key.ml.id"))
        intents = (set_key,) if module.of_kind("key") else (set_key, new)
        return Repair(Safety.REPLACE, "Use a key", "Replaced.", intents)


class GoesBlind(Unlocked):
    """Cannot judge a locked thing at all."""

    id = "thing-goes-blind"

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.attribute("lock") is not None:
            raise CannotJudge("it is locked")
        yield from super().judge(resource, module)


class RepairsUnknown(Unlocked):
    """Offers an edit for what it could not read."""

    id = "thing-repairs-unknown"

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for violation in super().judge(resource, module):
            yield Violation("lock", violation.message, violation.repair, unknown="who knows")


class HasAMistake(Unlocked):
    """Looks something up that is not there."""

    id = "thing-has-a-mistake"

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        yield from super().judge(resource, module)
        if resource.name == "odd":
            raise KeyError(resource.value("lock"))
