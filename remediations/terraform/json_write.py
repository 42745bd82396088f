"""Intents written into Terraform's JSON syntax: native text becomes members and items.

Everything else in the file keeps every byte. Knows no policy.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import field
from typing import Any, Final, NoReturn

from ..frozen import dataclass
from ..model import Edit, Span
from ..source import OverlappingEdits, SourceFile
from .grammar import Grammar
from .intent import (
    AddTopLevel,
    InsertAfter,
    InsertAttribute,
    InsertBlock,
    InsertElement,
    InsertEntry,
    Intent,
    Noted,
    RemoveItem,
    SetValue,
)
from .json_text import JsonArray, JsonNode, JsonObject
from .json_tree import JsonDocument, Place
from .json_values import as_json, block_path, body_as_json, put
from .nodes import Attribute, Block, Body, Document, Expression

_LABELLED: Final = frozenset({"resource", "data", "variable", "output", "module", "provider"})


def splices_in_json(
    document: JsonDocument, intents: Sequence[Intent], grammar: Grammar
) -> tuple[Edit, ...]:
    """Edits for all intents. Raises ``OverlappingEdits``, and ``Unparsable`` where it cannot be."""
    writer = _Writer(document, grammar)
    for intent in intents:
        writer.take(intent)
    return writer.edits()


@dataclass(slots=True)
class _Writer:
    """Gathers what goes where, so that several things in one object are written together."""

    document: JsonDocument
    grammar: Grammar
    texts: dict[Span, str] = field(default_factory=dict)
    members: dict[int, tuple[JsonObject, dict[str, Any]]] = field(default_factory=dict)
    items: dict[int, tuple[JsonArray, list[Any]]] = field(default_factory=dict)

    def take(self, intent: Intent) -> None:
        match intent:
            case SetValue(value, text):
                self.replace(self.node_of(value), self.value(text))
            case InsertAttribute(body, name, text):
                self.add_member(self.object_of(body), (name,), self.value(text))
            case InsertBlock(body, text):
                self.add_blocks(self.object_of(body), self.native(text))
            case InsertAfter(block, text):
                self.add_blocks(self.place_of(block).within, self.native(text))
            case AddTopLevel(text):
                self.add_top_level(self.native(text))
            case InsertElement(items, _, text):
                array = self.node_of(items)
                if not isinstance(array, JsonArray):
                    self.refuse(items.span)
                self.items.setdefault(id(array), (array, []))[1].append(self.value(text))
            case InsertEntry(within, name, text):
                held = self.node_of(within)
                if not isinstance(held, JsonObject):
                    self.refuse(within.span)
                self.add_member(held, (name,), self.value(text))
            case RemoveItem(item):
                self.remove(item)
            case Noted():
                raise TypeError("an intent that was only noted cannot be written")

    def add_top_level(self, written: Document) -> None:
        for block in written.body.blocks():
            self.add_member(
                self.document.root, block_path(block), body_as_json(block.body, written, block.type)
            )

    def add_blocks(self, within: JsonObject, written: Document) -> None:
        """Nested blocks, and the arguments that may stand beside them."""
        for name, held in written.body.attributes.items():
            self.add_member(within, (name,), as_json(held.value, written))
        for block in written.body.blocks():
            value = body_as_json(block.body, written, block.type)
            self.add_member(within, block_path(block), value)

    def add_member(self, within: JsonObject, path: tuple[str, ...], value: Any) -> None:
        """Go as far as there is something, then add the rest."""
        there = within.get(path[0])
        if there is None:
            pending = self.members.setdefault(id(within), (within, {}))[1]
            if len(path) == 1 and path[0] in pending and not isinstance(value, dict):
                if pending[path[0]] != value:
                    raise OverlappingEdits(f"{self.document.path}: two values for one place")
                return
            put(pending, path, value)
        elif len(path) > 1 and isinstance(there, JsonObject):
            self.add_member(there, path[1:], value)
        elif isinstance(there, JsonArray):
            made: dict[str, Any] = {}
            if len(path) > 1:
                put(made, path[1:], value)
            self.items.setdefault(id(there), (there, []))[1].append(made or value)
        elif isinstance(value, dict) and isinstance(there, JsonObject):
            old = self.document.source.slice(there.span)
            both = f"[{old}, {json.dumps(value, ensure_ascii=False)}]"
            self.write(there.span, both)
        else:
            raise OverlappingEdits(f"{self.document.path}: `{path[0]}` is there already")

    def replace(self, node: JsonNode, value: Any) -> None:
        self.write(node.span, self.rendered(value, node.span.start))

    def write(self, span: Span, text: str) -> None:
        if self.texts.setdefault(span, text) != text:
            raise OverlappingEdits(f"{self.document.path}: two values for one place")

    def remove(self, item: Attribute | Block) -> None:
        """A member with the comma that it leaves over."""
        place = self.place_of(item)
        names = [member.name for member in place.within.members]
        if place.name not in names or place.within.get(place.name) is not place.node:
            self.refuse(item.span)
        number = names.index(place.name)
        members = place.within.members
        if number + 1 < len(members):
            span = Span(members[number].span.start, members[number + 1].span.start)
        elif number:
            span = Span(members[number - 1].span.end, members[number].span.end)
        else:
            span = Span(place.within.span.start + 1, place.within.span.end - 1)
        self.write(span, "")

    def edits(self) -> tuple[Edit, ...]:
        for within, members in self.members.values():
            self.append(
                within.span,
                [member.span for member in within.members],
                [f"{json.dumps(name)}: " for name in members],
                list(members.values()),
            )
        for array, values in self.items.values():
            spans = [item.span for item in array.items]
            self.append(array.span, spans, [""] * len(values), values)
        path = self.document.path
        newline = self.document.source.newline
        return tuple(
            Edit(path, span, text.replace("\n", newline))
            for span, text in sorted(self.texts.items())
        )

    def append(
        self, around: Span, held: list[Span], leads: list[str], values: Sequence[Any]
    ) -> None:
        """Add at the end, a line each where the others have lines of their own."""
        source = self.document.source
        if held and "\n" not in source.slice(Span(held[-1].end, around.end)):
            texts = [
                lead + json.dumps(value, ensure_ascii=False)
                for lead, value in zip(leads, values, strict=True)
            ]
            self.write(Span(held[-1].end, held[-1].end), "".join(f", {text}" for text in texts))
            return
        outer = self.indent(around.end - 1) if held else self.indent(around.start)
        inner = self.indent(held[0].start) if held else outer + self.unit
        texts = [
            inner + lead + _laid_out(value, self.unit, inner)
            for lead, value in zip(leads, values, strict=True)
        ]
        if held:
            self.write(Span(held[-1].end, held[-1].end), "".join(f",\n{text}" for text in texts))
        else:
            text = "\n" + ",\n".join(texts) + f"\n{outer}"
            self.write(Span(around.start + 1, around.end - 1), text)

    def rendered(self, value: Any, offset: int) -> str:
        return _laid_out(value, self.unit, self.indent(offset))

    def indent(self, offset: int) -> str:
        """The blanks that the line of an offset begins with."""
        source = self.document.source
        text = source.slice(source.line_span(source.line(offset)))
        return text[: len(text) - len(text.lstrip(" \t"))]

    @property
    def unit(self) -> str:
        """One level of indentation in this file."""
        for member in self.document.root.members:
            blanks = self.indent(member.span.start)
            if blanks:
                return blanks
        return "  "

    def native(self, text: str) -> Document:
        from .tree import parse  # the front of both forms; a rule's text is native

        return parse(SourceFile.of(f"{self.document.path}.tf", text + "\n"), self.grammar)

    def value(self, text: str) -> Any:
        written = self.native(f"a = {text}")
        return as_json(written.body.attributes["a"].value, written)

    def node_of(self, value: Expression) -> JsonNode:
        found = self.document.values.get(id(value))
        if found is None:
            self.refuse(value.span)
        return found

    def object_of(self, body: Body) -> JsonObject:
        found = self.document.objects.get(id(body))
        if found is None:
            self.refuse(body.span)
        return found

    def place_of(self, item: Attribute | Block) -> Place:
        found = self.document.places.get(id(item))
        if found is None:
            self.refuse(item.span)
        return found

    def refuse(self, span: Span) -> NoReturn:
        raise self.document.source.unreadable(
            span.start, "this stands within a JSON text, where no edit can be placed"
        )


def _laid_out(value: Any, unit: str, indent: str) -> str:
    """JSON over several lines where it holds something, moved right but for its first line."""
    if not isinstance(value, dict | list) or all(
        not isinstance(one, dict | list) for one in (value if isinstance(value, list) else [{}])
    ):
        return json.dumps(value, ensure_ascii=False)
    text = json.dumps(value, ensure_ascii=False, indent=unit)
    return text.replace("\n", f"\n{indent}")
