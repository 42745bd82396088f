"""Terraform's JSON syntax as the nodes that native text gives, each with its span in the JSON.

What a name means is told by where it stands: JSON itself does not say what is a block.
https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, fields, replace
from typing import Any, Final, TypeVar

from .. import schema
from ..frozen import dataclass
from ..model import Span
from ..source import SourceFile, Unparsable
from .grammar import Grammar
from .json_text import JsonArray, JsonNode, JsonObject, JsonValue, read
from .json_values import is_bare, native
from .nodes import (
    Attribute,
    Block,
    Body,
    Document,
    Entry,
    Expression,
    ListExpression,
    Literal,
    ObjectExpression,
    String,
)

_LABELS: Final = {
    "resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1,
    "provider": 1, "check": 1, "locals": 0, "terraform": 0, "moved": 0, "import": 0, "removed": 0,
}  # fmt: skip # a table of kinds and counts
_INNER_LABELS: Final = {"dynamic": 1, "provisioner": 1, "backend": 1, "provider_meta": 1}
_META_BLOCKS: Final = frozenset(
    {"lifecycle", "connection", "provisioner", "dynamic", "timeouts", "precondition",
     "postcondition", "validation", "content"}
)  # fmt: skip # words side by side are read at a glance
_KNOWN_BLOCKS: Final[Mapping[str, frozenset[str]]] = {
    "terraform": frozenset({"required_providers", "backend", "cloud", "provider_meta"}),
    "provider": frozenset({"assume_role", "default_tags", "ignore_tags", "endpoints"}),
    "data.aws_ami": frozenset({"filter"}),
    "data.aws_iam_policy_document": frozenset(
        {"statement", "principals", "not_principals", "condition"}
    ),
}
_ONLY_TEXT: Final = {"variable": ("default",)}
_MARK: Final = "LOCKSTITCH"

T = TypeVar("T", bound=Expression)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the object around it, and the members on the way to it."""

    within: JsonObject
    name: str
    node: JsonNode


@dataclass(frozen=True)
class JsonDocument(Document):
    """A parsed file, with the JSON under its nodes by their identity."""

    root: JsonObject
    objects: Mapping[int, JsonObject] = field(repr=False)
    """Objects by their ``Body``."""
    places: Mapping[int, Place] = field(repr=False)
    """Where each ``Block`` and each ``Attribute`` stands."""
    values: Mapping[int, JsonNode] = field(repr=False)
    """JSON by expression, where one stands for the whole of it."""

    def text_of(self, node: Expression | Attribute | Block | Entry) -> str:
        """An expression as native text has it; everything else as it is written."""
        if isinstance(node, Expression):
            return native(node, self.inner.get(id(node)))
        return self.source.slice(node.span)

    inner: Mapping[int, str] = field(default_factory=dict, repr=False)
    """The native text of expressions that stand in templates."""


def parse_json(source: SourceFile, grammar: Grammar) -> JsonDocument:
    """The nodes of a file. Raises ``Unparsable`` naming line and column."""
    root = read(source)
    if not isinstance(root, JsonObject):
        raise source.unreadable(root.span.start, "the file has to hold one object")
    builder = _Builder(source, grammar)
    is_values = source.path.endswith(".tfvars.json")
    items = builder.values_file(root) if is_values else builder.top(root)
    body = Body(Span(0, len(source.text)), tuple(items))
    builder.objects[id(body)] = root
    builder.kept.append(body)
    return JsonDocument(
        source, body, (), root, builder.objects, builder.places, builder.values, builder.inner
    )


class _Builder:
    def __init__(self, source: SourceFile, grammar: Grammar) -> None:
        self.source = source
        self.grammar = grammar
        self.objects: dict[int, JsonObject] = {}
        self.places: dict[int, Place] = {}
        self.values: dict[int, JsonNode] = {}
        self.inner: dict[int, str] = {}
        self.kept: list[object] = []

    def values_file(self, root: JsonObject) -> Iterator[Attribute]:
        for member in root.members:
            if member.name != "//":
                yield self.attribute(root, member.name, member.name_span, member.value, "text")

    def top(self, root: JsonObject) -> list[Attribute | Block]:
        found: list[Attribute | Block] = []
        for member in root.members:
            if member.name == "//":
                continue
            count = _LABELS.get(member.name)
            if count is None:
                continue  # Terraform refuses such a name itself, and nothing here reads it
            found += self.blocks(root, member.name, member.name_span, member.value, count, "")
        return found

    def blocks(
        self,
        within: JsonObject,
        type: str,
        span: Span,
        node: JsonNode,
        labels: int,
        around: str,
        given: tuple[str, ...] = (),
    ) -> Iterator[Block]:
        """The blocks of one type; with labels they stand in objects, and repeated in arrays."""
        if isinstance(node, JsonArray):
            for item in node.items:
                yield from self.blocks(within, type, item.span, item, labels, around, given)
        elif not isinstance(node, JsonObject):
            raise self.source.unreadable(node.span.start, f"`{type}` has to hold objects")
        elif len(given) < labels:
            for member in node.members:
                if member.name != "//":
                    names = (*given, member.name)
                    yield from self.blocks(
                        node, type, member.name_span, member.value, labels, around, names
                    )
        else:
            yield self.block(within, type, given, span, node, around)

    def block(
        self,
        within: JsonObject,
        type: str,
        labels: tuple[str, ...],
        span: Span,
        node: JsonObject,
        around: str,
    ) -> Block:
        kind = _kind(type, labels, around)
        inner = Span(node.span.start + 1, node.span.end - 1)
        body = Body(inner, tuple(self.items(node, kind)))
        whole = Span(span.start, node.span.end)
        header = Span(span.start, span.start + 1 if span == node.span else span.end)
        is_one_line = "\n" not in self.source.slice(node.span)
        block = Block(type, labels, whole, header, body, is_one_line)
        self.objects[id(body)] = node
        self.places[id(block)] = Place(within, labels[-1] if labels else type, node)
        self.kept += (body, block)
        return block

    def items(self, node: JsonObject, kind: str) -> Iterator[Attribute | Block]:
        for member in node.members:
            name, value = member.name, member.value
            if name == "//":
                continue
            if _is_block(kind, name, value):
                labels = _INNER_LABELS.get(name, 0)
                yield from self.blocks(node, name, member.name_span, value, labels, kind)
            else:
                how = "expression" if is_bare(kind, name) else "template"
                if name in _ONLY_TEXT.get(kind, ()):
                    how = "text"
                yield self.attribute(node, name, member.name_span, value, how)

    def attribute(
        self, within: JsonObject, name: str, span: Span, node: JsonNode, how: str
    ) -> Attribute:
        value = self.expression(node, how)
        found = Attribute(name, span, value, Span(span.start, node.span.end))
        self.places[id(found)] = Place(within, name, node)
        self.kept.append(found)
        return found

    def expression(self, node: JsonNode, how: str) -> Expression:
        made = self._expression(node, how)
        self.values[id(made)] = node
        self.kept.append(made)
        return made

    def _expression(self, node: JsonNode, how: str) -> Expression:
        if isinstance(node, JsonArray):
            items = tuple(self.expression(item, how) for item in node.items)
            return ListExpression(node.span, items)
        if isinstance(node, JsonObject):
            entries = []
            for member in node.members:
                key = self.string(member.name, member.name_span, how)
                value = self.expression(member.value, how)
                entries.append(Entry(key, value, Span(member.name_span.start, value.span.end)))
            return ObjectExpression(node.span, tuple(entries))
        if isinstance(node.value, str):
            return self.string(node.value, node.span, how)
        return Literal(node.span, node.value)

    def string(self, text: str, span: Span, how: str) -> Expression:
        if how == "expression":
            if text.startswith("${") and text.endswith("}"):
                text = text[2:-1]  # the older form
            return self.native(f"a = {text}\n", span, text)
        if how == "text" or ("${" not in text and "%{" not in text):
            return String(span, (text,) if text else ())
        mark = _MARK
        while mark in text:
            mark += "X"
        heredoc = self.native(f"a = <<{mark}\n{text}\n{mark}\n", span, None)
        parts = list(getattr(heredoc, "parts", ()))
        if parts and isinstance(parts[-1], str):
            parts[-1] = parts[-1].removesuffix("\n")
        parts = [part for part in parts if part != ""]
        if len(parts) == 1 and isinstance(parts[0], Expression) and text.startswith("${"):
            self.inner[id(parts[0])] = text[2:-1].strip()
            return parts[0]
        made = String(span, tuple(parts))
        self.inner[id(made)] = native(String(span, (text,)), None, is_template=True)
        return made

    def native(self, text: str, span: Span, shown: str | None) -> Expression:
        """An expression that is written as native text inside of a JSON text."""
        from .tree import parse  # the front of both forms; it asks here for the other one

        try:
            document = parse(SourceFile.of(f"{self.source.path}.tf", text), self.grammar)
        except Unparsable as error:
            raise self.source.unreadable(span.start, f"in this text: {error.reason}") from error
        held = document.body.attributes.get("a")
        if held is None or len(document.body.items) != 1:
            raise self.source.unreadable(span.start, "this text is no expression")
        made = _respanned(held.value, span)
        self.kept.append(made)
        for old, new in zip(held.value.walk(), made.walk(), strict=True):
            self.inner[id(new)] = document.text_of(old)
        if shown is not None:
            self.inner[id(made)] = shown
        return made


def _kind(type: str, labels: tuple[str, ...], around: str) -> str:
    """What decides about the names inside: ``aws_s3_bucket``, or ``aws_s3_bucket:rule.filter``."""
    if type == "resource" and not around:
        return labels[0]
    if type == "data" and not around:
        return f"data.{labels[0]}"
    if not around:
        return type
    if type in ("dynamic", "content"):
        name = labels[0] if labels else ""
        return f"{around}.{name}" if ":" in around else f"{around}:{name}" if name else around
    return f"{around}.{type}" if ":" in around else f"{around}:{type}"


def _is_block(kind: str, name: str, value: JsonNode) -> bool:
    """Whether a member is a nested block: the schema knows, or what it holds must."""
    holds = isinstance(value, JsonObject) or (
        isinstance(value, JsonArray)
        and bool(value.items)
        and all(isinstance(item, JsonObject) for item in value.items)
    )
    if not holds or kind.split(":")[0] in ("locals", "module", "output", "variable"):
        return holds and name in ("validation", "precondition")
    whole, _, path = kind.partition(":")
    if name in _META_BLOCKS:
        return True
    if whole in _KNOWN_BLOCKS:
        return name in _KNOWN_BLOCKS[whole]
    if schema.resource(whole) is not None:
        found = schema.argument(whole, f"{path}.{name}" if path else name)
        return found is not None and (found.is_block or found.type == "objects")
    return False


def _respanned(node: T, span: Span) -> T:
    """The same tree, every node of it where the JSON text stands."""
    changes: dict[str, Any] = {
        one.name: _moved(getattr(node, one.name), span)
        for one in fields(node)
        if one.name != "span"
    }
    return replace(node, span=span, **changes)


def _moved(value: object, span: Span) -> object:
    if isinstance(value, Expression):
        return _respanned(value, span)
    if isinstance(value, Entry):
        return Entry(_respanned(value.key, span), _respanned(value.value, span), span)
    if isinstance(value, Span):
        return span
    if isinstance(value, tuple):
        return tuple(_moved(one, span) for one in value)
    return value


def plain_text(node: JsonNode) -> str | None:
    """A text that stands alone."""
    return node.value if isinstance(node, JsonValue) and isinstance(node.value, str) else None
