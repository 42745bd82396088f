"""One finding of what several callers or environments see at one place. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from posixpath import dirname
from typing import Final

from .at_source import Place
from .frozen import dataclass
from .model import Finding, Related
from .rule import Advice, Repair, Targeted, Violation
from .terraform.edit import (
    AddTopLevel,
    InsertAfter,
    InsertAttribute,
    InsertBlock,
    InsertElement,
    InsertEntry,
    Noted,
    RemoveItem,
    SetValue,
)

_INPUT: Final = re.compile(r"\bvar\.")


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with what the rule offered for it, written where its values come from."""

    finding: Finding
    violation: Violation
    directory: str
    touches: tuple[Place, ...] = ()
    """Blocks besides the resource that the repair may change."""


def merge(judged: Iterable[Judged]) -> list[Judged]:
    """Each place and fingerprint once: the worst of what was seen there, for all who see it."""
    groups: dict[tuple[str, str, int, int], list[Judged]] = {}
    for one in judged:
        place = one.finding.location
        key = (one.finding.fingerprint, place.path, place.span.start, place.span.end)
        groups.setdefault(key, []).append(one)
    return [group[0] if len(group) == 1 else _merged(group) for group in groups.values()]


def _merged(group: list[Judged]) -> Judged:
    """What is known counts; where nothing is known, what is not."""
    known = [one for one in group if one.finding.is_known]
    counted = known or group
    worst = max(counted, key=lambda one: one.finding.severity.rank)
    repair = _repair([one.violation for one in counted])
    finding = replace(
        worst.finding,
        environments=tuple(dict.fromkeys(e for one in counted for e in one.finding.environments)),
        related=_related([one.finding for one in counted]),
        advice=repair.text if isinstance(repair, Advice) else "",
    )
    touches = tuple(dict.fromkeys(place for one in counted for place in one.touches))
    return replace(
        worst, finding=finding, violation=replace(worst.violation, repair=repair), touches=touches
    )


def _related(findings: list[Finding]) -> tuple[Related, ...]:
    return tuple(dict.fromkeys(place for finding in findings for place in finding.related))


def _repair(violations: list[Violation]) -> Repair | Advice:
    """Everything that has to be written so that nobody sees it any more."""
    repairs = [one.repair for one in violations]
    advice = next((one for one in repairs if isinstance(one, Advice)), None)
    if advice is not None:
        return advice
    written = _agreeing([one for one in repairs if isinstance(one, Repair)])
    dearest = max(written, key=lambda one: one.safety.rank)
    intents = {mark(intent): intent for one in written for intent in one.intents}
    return replace(
        dearest,
        intents=tuple(intents.values()),
        touches=tuple(dict.fromkeys(touch for one in written for touch in one.touches)),
    )


def _agreeing(repairs: list[Repair]) -> list[Repair]:
    """Those that write one value for each argument: where they do not, one that asks no caller.

    A value that one caller passes in, another may not; what is proved then is that one for all.
    """
    said: dict[tuple[object, ...], set[str]] = {}
    for place, text in (one for repair in repairs for one in _values(repair)):
        said.setdefault(place, set()).add(text)
    disputed = {place for place, texts in said.items() if len(texts) > 1}
    if not disputed:
        return repairs
    return [next((one for one in repairs if not _asks(one, disputed)), repairs[0])]


def _asks(repair: Repair, places: Collection[tuple[object, ...]]) -> bool:
    """Whether what it writes in one of these places is passed in by a caller."""
    return any(place in places and _INPUT.search(text) for place, text in _values(repair))


def _values(repair: Repair) -> Iterator[tuple[tuple[object, ...], str]]:
    """Every argument that it writes, by its place, with what it writes."""
    for targeted in repair.intents:
        match targeted.intent:
            case InsertAttribute(body, name, text):
                yield (targeted.path, body.span, name), text
            case SetValue(node, text):
                yield (targeted.path, node.span), text
            case _:
                continue


def same_place(targeted: Targeted) -> tuple[object, ...] | None:
    """Equal for what is written in the same words and the same place, whoever looks at it.

    A top-level block means the same anywhere in its directory.
    """
    match targeted.intent:
        case AddTopLevel(text, _):
            return dirname(targeted.path), text
        case InsertAttribute(body, name, text):
            return targeted.path, body.span, name, text
        case InsertBlock(body, text):
            return targeted.path, body.span, text
        case InsertElement(items, _, text):
            return targeted.path, items.span, text
        case InsertEntry(within, name, text):
            return targeted.path, within.span, name, text
    return None


def mark(targeted: Targeted) -> str:
    """A text that is equal for what is written in the same words and the same place."""
    match targeted.intent:
        case Noted(noted):
            return noted
        case SetValue(node, text) | InsertAfter(node, text):
            key: tuple[object, ...] = (targeted.path, node.span, text)
        case RemoveItem(node):
            key = (targeted.path, node.span)
        case _:
            key = same_place(targeted) or ()
    return f"{type(targeted.intent).__name__} {key}"
