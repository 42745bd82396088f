"""Repairs written where a value comes from: a default, a tfvars entry, a local, a module input.

Knows no rule: it takes what a rule would write at the resource and finds the place for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from posixpath import dirname
from typing import Final

from .frozen import dataclass
from .model import Known, Related, Safety
from .rule import Advice, Repair, Targeted, Violation
from .terraform.edit import (
    InsertAfter,
    InsertAttribute,
    InsertBlock,
    InsertElement,
    InsertEntry,
    RemoveItem,
    SetValue,
)
from .terraform.evaluate import Origin
from .terraform.module import Resource
from .terraform.nodes import Call, Conditional, Expression, Operation, Reference
from .terraform.source_of_value import Source, readers_of, source_of

Place = tuple[str, str]
"""A directory and the address of a block in it."""

_CONSTANT: Final = re.compile(r'true|false|null|-?\d+(\.\d+)?|"[^"$%\\\n]*"')
_MOST_READERS: Final = 5
_ROLES: Final = {
    Origin.DEFAULT: "value comes from this default",
    Origin.TFVARS: "value comes from this file",
    Origin.LOCAL: "value comes from this local",
    Origin.INPUT: "value comes from this module call",
    Origin.OUTPUT: "value comes from this output",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A violation whose repair stands at the source; ``touches`` are the blocks there."""

    violation: Violation
    touches: tuple[Place, ...] = ()


def at_source(violation: Violation, resource: Resource) -> Placed:
    """The violation with both places named, and its repair written where the value comes from.

    A computed value is replaced where it stands, which a person has to look at; a reference
    cannot be written into a default or a file of values, so that becomes advice.
    """
    repair = violation.repair
    if not isinstance(repair, Repair):
        return Placed(violation)
    if resource.home.written.merged.places:
        repair = replace(repair, intents=tuple(_at_home(one, resource) for one in repair.intents))
        violation = replace(violation, repair=repair)
    steps = [_step(targeted, resource) for targeted in repair.intents]
    if all(step.source is None and not step.is_computed for step in steps):
        return Placed(violation)
    advice = next((step.advice for step in steps if step.advice), None)
    related = (*violation.related, *_places(steps, resource))
    if advice is not None:
        return Placed(replace(violation, repair=Advice(advice), related=related))
    safety, cost = _price(repair, steps, resource)
    written = replace(
        repair,
        safety=safety,
        cost=cost,
        intents=tuple(dict.fromkeys(step.targeted for step in steps)),
    )
    touches = tuple(step.touches for step in steps if step.touches)
    return Placed(replace(violation, repair=written, related=related), touches)


def _at_home(targeted: Targeted, resource: Resource) -> Targeted:
    """The intent in the file that its place is written in, which may be an override file."""
    intent = targeted.intent
    if targeted.path != resource.path:
        return targeted
    match intent:
        case SetValue(node) | RemoveItem(node) | InsertAfter(node):
            found = resource.document_of(node)
        case InsertElement(node) | InsertEntry(node):
            found = resource.document_of(node)
        case InsertAttribute(body) | InsertBlock(body):
            intent = replace(intent, body=resource.home.as_written(body))
            found = resource.document_of(body)
        case _:
            return targeted
    return Targeted(found.path, intent)


def is_constant(text: str) -> bool:
    """Whether the text means the same wherever it is written."""
    return _CONSTANT.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class _Step:
    targeted: Targeted
    source: Source | None = None
    touches: Place | None = None
    is_computed: bool = False
    advice: str = ""


def _step(targeted: Targeted, resource: Resource) -> _Step:
    intent, module = targeted.intent, resource.home
    if not isinstance(intent, SetValue) or targeted.path != resource.path:
        return _Step(targeted)
    old = resource.document.text_of(intent.value)
    if old in intent.text and not is_constant(old):
        return _Step(targeted)  # the new text goes on from the old one
    source = source_of(intent.value, module)
    if source is None:
        is_fixed = is_constant(intent.text)
        return _Step(targeted, is_computed=is_fixed and _is_computed(intent.value))
    place = f"{source.path}:{source.location.line}"
    if not is_constant(intent.text):
        if module.evaluate(intent.value) not in (Known(None), Known("")):
            return _Step(targeted, source, advice=f"The value comes from {place}. Change it there.")
        fallback = SetValue(intent.value, f"coalesce({old}, {intent.text})")
        return _Step(Targeted(targeted.path, fallback), source)
    block = source.block
    touches = None if block is None else (dirname(source.path), block)
    there = Targeted(source.path, SetValue(source.expression, intent.text))
    return _Step(there, source, touches, _is_computed(source.expression))


def _is_computed(node: Expression) -> bool:
    is_call = isinstance(node, Call) and node.name != "jsonencode"
    return is_call or isinstance(node, Conditional | Operation | Reference)


def _places(steps: list[_Step], resource: Resource) -> Iterator[Related]:
    """Where the values come from, and who else reads them."""
    sources = [step.source for step in steps if step.source is not None]
    for source in _unique(sources):
        yield Related(source.location, _ROLES[source.origin])
    others = [one for source in sources for one in _others(source, resource)]
    for other in list({one.place: one for one, _ in others}.values())[:_MOST_READERS]:
        yield Related(other.header, f"`{other.place}` reads the same value")


def _unique(sources: list[Source]) -> list[Source]:
    return list({source.steps[-1]: source for source in sources}.values())


def _others(source: Source, resource: Resource) -> list[tuple[Resource, str]]:
    return [
        (reader, name)
        for reader, name in readers_of(source, resource.home)
        if reader.place != resource.place
    ]


def _price(repair: Repair, steps: list[_Step], resource: Resource) -> tuple[Safety, str]:
    """Dearer where other things read the value too, or where a computation is replaced."""
    safety, cost = repair.safety, repair.cost
    sources = [step.source for step in steps if step.source is not None]
    strangers = {place for source in sources for place in _strangers(source, resource)}
    if any(step.is_computed for step in steps):
        safety = _at_least_review(safety)
        cost = f"{cost} A fixed value takes the place of a computed one."
    if strangers:
        safety = _at_least_review(safety)
        shown = ", ".join(f"`{place}`" for place in sorted(strangers)[:_MOST_READERS])
        cost = f"{cost} The same value is read by {shown}."
    return safety, cost


def _strangers(source: Source, resource: Resource) -> Iterator[str]:
    """Readers that use the value for something else than the resource does."""
    readers = readers_of(source, resource.home)
    own = {(one.kind, name) for one, name in readers if one.place == resource.place}
    return (one.place for one, name in readers if (one.kind, name) not in own)


def _at_least_review(safety: Safety) -> Safety:
    return max(safety, Safety.REVIEW, key=lambda one: one.rank)
