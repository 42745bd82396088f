"""Spans of the same things, once from our nodes and once from tree-sitter-hcl."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from remediations.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Call,
    Document,
    Expression,
    ListExpression,
    ObjectExpression,
)

Found = tuple[str, int, int]
_PARSER: Final = Parser(Language(tree_sitter_hcl.language()))
_KINDS: Final = {
    "block": "block",
    "attribute": "attribute",
    "object_elem": "entry",
    "function_call": "call",
    "tuple": "list",
    "object": "object",
}


def ours(document: Document) -> set[Found]:
    """Blocks, arguments and their values, entries, calls, lists and objects of a document."""
    found: set[Found] = set()
    bodies: list[Body] = [document.body]
    while bodies:
        for item in bodies.pop().items:
            if isinstance(item, Block):
                bodies.append(item.body)
                found.add(("block", item.span.start, item.span.end))
            else:
                found.update(_of_attribute(item))
    return found


def _of_attribute(item: Attribute) -> Iterator[Found]:
    yield "attribute", item.span.start, item.span.end
    yield "value", item.value.span.start, item.value.span.end
    for node in item.value.walk():
        yield from _of_expression(node)


def _of_expression(node: Expression) -> Iterator[Found]:
    kinds = {Call: "call", ListExpression: "list", ObjectExpression: "object"}
    kind = kinds.get(type(node))
    if kind is not None:
        yield kind, node.span.start, node.span.end
    if isinstance(node, ObjectExpression):
        for entry in node.entries:
            yield "entry", entry.span.start, entry.span.end


def theirs(text: str) -> set[Found] | None:
    """The same of tree-sitter; None where it reports an error."""
    data = text.encode()
    root = _PARSER.parse(data).root_node
    if root.has_error:
        return None
    widths = accumulate((len(c.encode()) for c in text), initial=0)
    characters = {at: number for number, at in enumerate(widths)}
    found: set[Found] = set()
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        for kind, part in _named(node):
            start, end = characters[part.start_byte], characters[part.end_byte]
            # It counts blanks behind a heredoc's marker to the heredoc.
            found.add((kind, start, start + len(text[start:end].rstrip())))
    return found


def _named(node: Node) -> Iterator[tuple[str, Node]]:
    kind = _KINDS.get(node.type)
    if kind is not None:
        yield kind, node
    if kind == "attribute":
        yield "value", node.children[-1]
