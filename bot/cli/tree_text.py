"""Trees of Terraform as JSON text and back, for a later run. Reads no Terraform, keeps nothing.

A node is a list: which kind it is, where it begins and ends, then its parts. Nothing but nodes
comes of reading one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from remediations.model import Span
from remediations.source import SourceFile
from remediations.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    Directive,
    Document,
    Entry,
    Expression,
    ForExpression,
    Heredoc,
    ListExpression,
    Literal,
    ObjectExpression,
    Operation,
    Other,
    Parentheses,
    Reference,
    String,
    Traversal,
)
from remediations.terraform.unread import UnreadBody


class NoTree(ValueError):
    """A text that no tree was written as."""


def written(document: Document) -> str | None:
    """A tree as one line; None where it is nested too deeply for that.

    Bodies that nobody has read are not read for this; which blocks have them comes last.
    """
    comments = [_ends(one) for one in document.comments]
    items = enumerate(document.body.items)
    unread = [at for at, one in items if isinstance(one, Block) and one.body.is_unread]
    try:
        return json.dumps([comments, _body(document.body), unread], separators=(",", ":"))
    except RecursionError:
        return None


def read(line: str, source: SourceFile) -> Document:
    """The tree of that file. Raises ``NoTree``."""
    try:
        comments, body, unread = json.loads(line)
        whole = _body_of(body)
        items = list(whole.items)
        for at in unread:
            items[at] = _unread(items[at], source)
        held = Body(whole.span, tuple(items))
        return Document(source, held, tuple([Span(*one) for one in comments]))
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise NoTree(source.path) from error


def _unread(block: Any, source: SourceFile) -> Attribute | Block:
    if not isinstance(block, Block):
        raise NoTree(source.path)
    return replace(block, body=UnreadBody(source, block.body.span))


def _ends(span: Span) -> list[int]:
    return [span.start, span.end]


def _one(node: Any) -> list[Any]:
    kind = type(node)
    span = node.span
    return [_NUMBERS[kind], span.start, span.end, *_WRITERS[kind](node)]


def _many(nodes: Sequence[Any]) -> list[Any]:
    return [_one(node) for node in nodes]


def _mixed(parts: Sequence[Any]) -> list[Any]:
    return [part if type(part) is str else _one(part) for part in parts]


def _maybe(node: Expression | None) -> list[Any] | None:
    return None if node is None else _one(node)


def _body(body: Body) -> list[Any]:
    return [body.span.start, body.span.end, _many(() if body.is_unread else body.items)]


def _entry(entry: Entry) -> list[Any]:
    return [entry.span.start, entry.span.end, _one(entry.key), _one(entry.value)]


def _one_of(held: Any) -> Any:
    number, start, end, *parts = held
    return _READERS[number](Span(start, end), *parts)


def _many_of(held: Any) -> tuple[Any, ...]:
    return tuple([_one_of(one) for one in held])


def _mixed_of(held: Any) -> tuple[Any, ...]:
    return tuple([one if type(one) is str else _one_of(one) for one in held])


def _maybe_of(held: Any) -> Any:
    return None if held is None else _one_of(held)


def _body_of(held: Any) -> Body:
    start, end, items = held
    return Body(Span(start, end), _many_of(items))


def _entry_of(held: Any) -> Entry:
    start, end, key, value = held
    return Entry(_one_of(key), _one_of(value), Span(start, end))


_Row = tuple[type, Callable[[Any], Sequence[Any]], Callable[..., Any]]

# What stands behind the span of each kind of node, and how the node is made of it.
_ROWS: Final[tuple[_Row, ...]] = (
    (Literal, lambda n: (n.value,), Literal),
    (String, lambda n: (_mixed(n.parts),), lambda s, parts: String(s, _mixed_of(parts))),
    (
        Heredoc,
        lambda n: (_ends(n.body), n.marker, n.is_indented, _mixed(n.parts)),
        lambda s, body, marker, is_indented, parts: Heredoc(
            s, Span(*body), marker, is_indented, _mixed_of(parts)
        ),
    ),
    (ListExpression, lambda n: (_many(n.items),), lambda s, i: ListExpression(s, _many_of(i))),
    (
        ObjectExpression,
        lambda n: ([_entry(one) for one in n.entries],),
        lambda s, entries: ObjectExpression(s, tuple([_entry_of(one) for one in entries])),
    ),
    (
        Call,
        lambda n: (n.name, _many(n.arguments), n.expands),
        lambda s, name, arguments, expands: Call(s, name, _many_of(arguments), expands),
    ),
    (
        Reference,
        lambda n: (_mixed(n.parts), n.dotted),
        lambda s, parts, dotted: Reference(s, _mixed_of(parts), dotted),
    ),
    (Parentheses, lambda n: (_one(n.inner),), lambda s, inner: Parentheses(s, _one_of(inner))),
    (
        Conditional,
        lambda n: (_one(n.test), _one(n.then), _one(n.otherwise)),
        lambda s, *parts: Conditional(s, *_many_of(parts)),
    ),
    (
        Operation,
        lambda n: (n.operator, _many(n.operands)),
        lambda s, operator, operands: Operation(s, operator, _many_of(operands)),
    ),
    (
        ForExpression,
        lambda n: (
            n.names,
            _one(n.collection),
            _maybe(n.key),
            _one(n.value),
            _maybe(n.condition),
            n.groups,
        ),
        lambda s, names, collection, key, value, condition, groups: ForExpression(
            s,
            tuple(names),
            _one_of(collection),
            _maybe_of(key),
            _one_of(value),
            _maybe_of(condition),
            groups,
        ),
    ),
    (
        Traversal,
        lambda n: (_one(n.base), _mixed(n.parts)),
        lambda s, base, parts: Traversal(s, _one_of(base), _mixed_of(parts)),
    ),
    (
        Directive,
        lambda n: (n.keyword, n.names, _maybe(n.expression), n.trims),
        lambda s, keyword, names, expression, trims: Directive(
            s, keyword, tuple(names), _maybe_of(expression), tuple(trims)
        ),
    ),
    (Other, lambda n: (_many(n.parts),), lambda s, parts: Other(s, _many_of(parts))),
    (
        Attribute,
        lambda n: (n.name, _ends(n.name_span), _one(n.value)),
        lambda s, name, name_span, value: Attribute(name, Span(*name_span), _one_of(value), s),
    ),
    (
        Block,
        lambda n: (n.type, n.labels, _ends(n.header_span), _body(n.body), n.is_one_line),
        lambda s, word, labels, header, body, is_one_line: Block(
            word, tuple(labels), s, Span(*header), _body_of(body), is_one_line
        ),
    ),
)
_NUMBERS: Final = {kind: number for number, (kind, _, _) in enumerate(_ROWS)}
_WRITERS: Final = {kind: write for kind, write, _ in _ROWS}
_READERS: Final = tuple(read for _, _, read in _ROWS)
