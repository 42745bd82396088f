"""Policies written as JSON in a heredoc or in quotes: the same nodes that ``jsonencode`` has.

Every interpolation is covered by as many marks, so that places hold. A text that is no JSON then
is skipped, never guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..frozen import dataclass
from ..model import Span
from ..source import SourceFile, Unreadable
from ..terraform.json_text import JsonArray, JsonNode, JsonObject, JsonValue, read
from ..terraform.nodes import (
    Body,
    Directive,
    Document,
    Entry,
    Expression,
    Heredoc,
    ListExpression,
    Literal,
    ObjectExpression,
    Other,
    String,
)

_MARKS: Final = ("\ue000", "\ue001")
_MARKED: Final = re.compile(f"({_MARKS[0]}+|{_MARKS[1]}+)")
_OPENING: Final = re.compile(r"\$\{~?\s*\Z")
_CLOSING: Final = re.compile(r"\s*~?\}")


@dataclass(frozen=True, slots=True)
class _Hole:
    """``${expression}`` and where it stands in the file, braces and all."""

    span: Span
    expression: Expression


def policy_in(value: Expression, document: Document) -> ObjectExpression | None:
    """The object that a heredoc's JSON holds; None for anything else."""
    if not isinstance(value, Heredoc):
        return None
    holes = _holes(value, document.source)
    if holes is None:
        return None
    return _read(document, document.source.slice(value.body), value.body.start, holes)


@dataclass(frozen=True, slots=True)
class Text:
    """A policy that stands in quotes, and its JSON as a file for itself: without the escapes."""

    policy: ObjectExpression
    document: Document


def policy_in_text(value: String, document: Document) -> Text | None:
    """The object that a text in quotes holds as JSON; None for anything else."""
    first = value.parts[0] if value.parts else ""
    if not isinstance(first, str) or not first.lstrip().startswith("{"):
        return None
    text = ""
    holes: list[_Hole] = []
    for part in value.parts:
        if isinstance(part, str):
            # In a heredoc this would be written with two signs.
            text += part.replace("${", "$${").replace("%{", "%%{")
            continue
        if isinstance(part, Directive | Other):
            return None
        written = document.text_of(part) or f"part {len(holes)}"
        inner = Span(len(text) + 2, len(text) + 2 + len(written))
        text += f"${{{written}}}"
        holes.append(_Hole(Span(inner.start - 2, inner.end + 1), replace(part, span=inner)))
    try:
        alone = Document(SourceFile.of(document.path, text), Body(Span(0, 0), ()), ())
    except Unreadable:
        return None
    found = _read(alone, text, 0, tuple(holes))
    return None if found is None else Text(found, alone)


def _read(
    document: Document, text: str, offset: int, holes: tuple[_Hole, ...]
) -> ObjectExpression | None:
    if any(mark in text for mark in _MARKS):
        return None
    masked = _masked(text, offset, holes)
    try:
        root = read(SourceFile.of(document.path, masked))
    except Unreadable:
        return None
    found = _Builder(offset, masked, holes).node(root)
    return found if isinstance(found, ObjectExpression) else None


def _holes(heredoc: Heredoc, source: SourceFile) -> tuple[_Hole, ...] | None:
    """Every interpolation; None where one cannot be placed, or where directives stand."""
    found: list[_Hole] = []
    start = heredoc.body.start
    for part in heredoc.parts:
        if isinstance(part, str):
            continue
        if isinstance(part, Directive | Other):
            return None
        opening = _OPENING.search(source.text, start, part.span.start)
        closing = _CLOSING.match(source.text, part.span.end)
        if opening is None or closing is None:
            return None
        start = closing.end()
        found.append(_Hole(Span(opening.start(), start), part))
    return tuple(found)


def _masked(text: str, offset: int, holes: tuple[_Hole, ...]) -> str:
    """The text with marks for holes; between texts a hole becomes a text of its own."""
    pieces, at, is_inside = [], 0, False
    for number, hole in enumerate(holes):
        start, end = hole.span.start - offset, hole.span.end - offset
        plain = text[at:start]
        is_inside ^= _quotes(plain) % 2 == 1
        length, mark = end - start, _MARKS[number % 2]
        pieces += [plain, mark * length if is_inside else f'"{mark * (length - 2)}"']
        at = end
    return "".join([*pieces, text[at:]])


def _quotes(text: str) -> int:
    """How many quotes open or close something."""
    return re.sub(r"\\.", "", text).count('"')


@dataclass(frozen=True, slots=True)
class _Builder:
    """JSON nodes to Terraform's, at the places that they have in the file."""

    offset: int
    masked: str
    holes: tuple[_Hole, ...]

    def node(self, held: JsonNode) -> Expression:
        span = self.moved(held.span)
        if isinstance(held, JsonArray):
            return ListExpression(span, tuple(self.node(item) for item in held.items))
        if isinstance(held, JsonObject):
            entries = tuple(
                Entry(
                    String(self.moved(member.name_span), (member.name,)),
                    self.node(member.value),
                    self.moved(member.span),
                )
                for member in held.members
            )
            return ObjectExpression(span, entries)
        return self.value(held, span)

    def value(self, held: JsonValue, span: Span) -> Expression:
        if not isinstance(held.value, str):
            return Literal(span, held.value)
        whole = next((hole for hole in self.holes if hole.span == span), None)
        if whole is not None:
            # Not in quotes: what is filled in is a value of whatever kind.
            return Other(span, (whole.expression,))
        return String(span, tuple(self.parts(span)))

    def parts(self, span: Span) -> Iterator[str | Expression]:
        start, end = span.start - self.offset, span.end - self.offset
        holes = iter([hole for hole in self.holes if span.start <= hole.span.start < span.end])
        for piece in _MARKED.split(self.masked[start + 1 : end - 1]):
            if piece.startswith(_MARKS):
                yield next(holes).expression
            elif piece:
                plain = str(json.loads(f'"{piece}"', strict=False))
                yield plain.replace("$${", "${").replace("%%{", "%{")

    def moved(self, span: Span) -> Span:
        return Span(span.start + self.offset, span.end + self.offset)
