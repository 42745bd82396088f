"""From text to nodes: scan, parse, build, and refuse what Terraform would refuse.

Knows the rule names of python-hcl2's grammar; no policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from lark import Token, Tree

from ..model import Span
from ..source import SourceFile
from .grammar import Grammar
from .literal import outdent, unescape, unescape_signs
from .nodes import (
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
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
)
from .scan import HeredocScan, Scan, scan

_BLANK: Final = re.compile(r"\s+")
_DIRECTIVE: Final = re.compile(r"%\{~?\s*(if|for|else|endif|endfor)\b")
_CLOSES: Final = {"else": ("if",), "endif": ("if", "else"), "endfor": ("for",)}
MAX_PARTS: Final = 200
"""Longest reference that is read."""
_MAX_DIGITS: Final = 400
_SEPARATOR: Final = re.compile(r"[ \t\r]*(?:,\s*|\n\s*)?")


@dataclass(frozen=True, slots=True)
class _Raw:
    """A rule or token whose meaning its parent decides."""

    kind: str
    span: Span
    children: tuple[Child, ...] = ()


Child = Expression | Attribute | Block | Body | Entry | _Raw


def parse(source: SourceFile, grammar: Grammar) -> Document:
    """The nodes of a file. Raises ``Unparsable`` naming line and column."""
    scanned = scan(source)
    raw = grammar.parse(scanned.shadow, source)
    builder = _Builder(source, scanned)
    body = builder.build(raw)
    if not isinstance(body, Body):
        raise source.unreadable(0, "not valid Terraform")
    return Document(source, body, scanned.comments)


class _Builder:
    """Builds children before parents without recursion: a long sum is a deep tree."""

    def __init__(self, source: SourceFile, scanned: Scan) -> None:
        self.source = source
        self.shadow = scanned.shadow
        self.heredocs: dict[int, HeredocScan] = {h.span.start: h for h in scanned.heredocs}

    def build(self, raw: Tree[Token]) -> Child:
        order: list[Tree[Token]] = []
        stack = [raw]
        while stack:
            tree = stack.pop()
            order.append(tree)
            stack.extend(child for child in tree.children if isinstance(child, Tree))
        built: dict[int, Child] = {}
        for tree in reversed(order):
            children = tuple(
                _leaf(child) if isinstance(child, Token) else built[id(child)]
                for child in tree.children
                if not _is_newline(child)
            )
            built[id(tree)] = self.node(str(tree.data), children)
        return built[id(raw)]

    def node(self, kind: str, children: tuple[Child, ...]) -> Child:
        make = getattr(self, f"_{kind}", None)
        if make is not None:
            made: Child = make(children)
            return made
        span = _cover(children)
        if kind in _EXPRESSION_RULES:
            return _EXPRESSION_RULES[kind](span, _expressions(children))
        return _Raw(kind, span, children)

    def _start(self, children: tuple[Child, ...]) -> Body:
        items = children[0].children if children and isinstance(children[0], _Raw) else ()
        return self.body(Span(0, len(self.source.text)), items)

    def body(self, span: Span, items: tuple[Child, ...]) -> Body:
        found = tuple(item for item in items if isinstance(item, (Attribute, Block)))
        seen: set[str] = set()
        previous = None
        for item in found:
            if isinstance(item, Attribute):
                if item.name in seen:
                    reason = f"`{item.name}` is set twice in this block"
                    raise self.source.unreadable(item.span.start, reason)
                seen.add(item.name)
            if previous is not None and not self.has_newline(previous.span.end, item.span.start):
                raise self.source.unreadable(item.span.start, "two arguments on one line")
            previous = item
        return Body(span, found)

    def has_newline(self, start: int, end: int) -> bool:
        return "\n" in self.shadow[start:end]

    def on_one_line(self, children: tuple[Child, ...]) -> Span:
        """Their span. Outside of brackets a line end is the end of an expression."""
        for left, right in pairwise(children):
            if self.has_newline(left.span.end, right.span.start):
                raise self.source.unreadable(left.span.end, "the line ends within an expression")
        return _cover(children)

    def _attribute(self, children: tuple[Child, ...]) -> Attribute:
        name, value = children[0].span, _expression(children[-1])
        span = Span(name.start, value.span.end)
        return Attribute(self.source.slice(name), name, value, span)

    def _block(self, children: tuple[Child, ...]) -> Block:
        brace = next(i for i, c in enumerate(children) if _is(c, "LBRACE"))
        header, inner, closing = children[:brace], children[brace + 1 : -1], children[-1]
        items = inner[0].children if inner and isinstance(inner[0], _Raw) else ()
        opening = children[brace].span
        body = self.body(Span(opening.end, closing.span.start), items)
        is_one_line = not self.has_newline(opening.end, closing.span.start)
        self.check_braces(body, is_one_line=is_one_line)
        labels = tuple(self.label(child) for child in header[1:])
        start = header[0].span.start
        if self.has_newline(start, opening.start):
            raise self.source.unreadable(start, "`{` has to stand on the line of its block")
        return Block(
            self.source.slice(header[0].span),
            labels,
            Span(start, closing.span.end),
            Span(start, header[-1].span.end),
            body,
            is_one_line,
        )

    def check_braces(self, body: Body, *, is_one_line: bool) -> None:
        """A block is one argument on one line, or each brace has a line end beside it."""
        if not body.items:
            return
        first, last = body.items[0], body.items[-1]
        if is_one_line:
            if len(body.items) > 1 or isinstance(first, Block):
                reason = "a block on one line holds one argument at most"
                raise self.source.unreadable(first.span.start, reason)
            return
        if not self.has_newline(body.span.start, first.span.start):
            raise self.source.unreadable(first.span.start, "a line has to end after `{`")
        if not self.has_newline(last.span.end, body.span.end):
            raise self.source.unreadable(body.span.end, "`}` has to stand on its own line")

    def label(self, child: Child) -> str:
        if not isinstance(child, Expression):
            return self.source.slice(child.span)
        text = child.literal if isinstance(child, String) else None
        if text is None:
            raise self.source.unreadable(child.span.start, "a label has to be plain text")
        return text

    def _string(self, children: tuple[Child, ...]) -> Expression:
        span, inner = _cover(children), children[1:-1]
        self.check_directives(inner)
        heredoc = self.heredocs.get(span.start)
        if heredoc is not None:
            return self.heredoc(heredoc, inner)
        parts = (
            child if isinstance(child, Expression) else unescape(self.source.slice(child.span))
            for child in inner
        )
        return String(span, tuple(parts))

    def check_directives(self, inner: tuple[Child, ...]) -> None:
        """``%{ if }`` and ``%{ for }`` have their ends in the same template."""
        opened: list[tuple[str, int]] = []
        for child in inner:
            start = child.span.start
            if not isinstance(child, Other) or not self.shadow.startswith("%{", start):
                continue
            directive = _DIRECTIVE.match(self.shadow, start)
            word = directive[1] if directive else self.source.slice(child.span)
            before = opened.pop()[0] if opened and word in _CLOSES else ""
            if not directive or before not in _CLOSES.get(word, ("",)):
                raise self.source.unreadable(start, f"`{word}` closes nothing")
            if not word.startswith("end"):
                opened.append((word, start))
        if opened:
            word, start = opened[-1]
            raise self.source.unreadable(start, f"`{word}` is never closed")

    def heredoc(self, found: HeredocScan, inner: tuple[Child, ...]) -> Heredoc:
        """To the grammar its marker lines are literal text; here they are not."""
        texts: list[str | None] = []
        for child in inner:
            start = max(child.span.start, found.body.start)
            end = min(child.span.end, found.body.end)
            is_text = not isinstance(child, Expression)
            texts.append(self.source.text[start:end] if is_text else None)
        texts = outdent(texts) if found.is_indented else texts
        parts = (
            child if isinstance(child, Expression) else unescape_signs(text or "")
            for child, text in zip(inner, texts, strict=True)
        )
        kept = tuple(part for part in parts if part != "")
        return Heredoc(found.span, found.body, found.marker, found.is_indented, kept)

    def _string_part(self, children: tuple[Child, ...]) -> Child:
        return children[0]

    def _interpolation(self, children: tuple[Child, ...]) -> Child:
        return children[1]

    def _int_lit(self, children: tuple[Child, ...]) -> Literal:
        span = children[0].span
        if span.end - span.start > _MAX_DIGITS:
            raise self.source.unreadable(span.start, "the number is too long")
        return Literal(span, int(self.source.slice(span)))

    def _float_lit(self, children: tuple[Child, ...]) -> Literal:
        span = children[0].span
        return Literal(span, float(self.source.slice(span)))

    def _expr_term(self, children: tuple[Child, ...]) -> Expression:
        first = children[0]
        if _is(first, "LPAR"):
            return Parentheses(_cover(children), _expressions(children)[0])
        if isinstance(first, Expression):
            return first
        text = self.source.slice(first.span)
        if _is(first, "literal_value"):
            return Literal(first.span, {"true": True, "false": False, "null": None}[text])
        return Reference(first.span, (text,), text)

    def _object_elem_key(self, children: tuple[Child, ...]) -> Expression:
        return self._expr_term(children)

    def _object_elem(self, children: tuple[Child, ...]) -> Entry:
        return Entry(_expression(children[0]), _expression(children[-1]), _cover(children))

    def _object(self, children: tuple[Child, ...]) -> ObjectExpression:
        entries = tuple(child for child in children if isinstance(child, Entry))
        for number, entry in enumerate(entries, 1):
            is_last = number == len(entries)
            end = children[-1].span.start if is_last else entries[number].span.start
            between = self.shadow[entry.span.end : end]
            is_apart = is_last or between.strip(" \t\r") != ""
            if not is_apart or not _SEPARATOR.fullmatch(between):
                raise self.source.unreadable(end, "a comma or a line end has to stand before this")
        return ObjectExpression(_cover(children), entries)

    def _function_call(self, children: tuple[Child, ...]) -> Call:
        opening = next(i for i, c in enumerate(children) if _is(c, "LPAR"))
        name = self.source.slice(Span(children[0].span.start, children[opening].span.start))
        given = [c for c in children if _is(c, "arguments")]
        inner = given[0].children if given and isinstance(given[0], _Raw) else ()
        expands = any(_is(child, "ELLIPSIS") for child in inner)
        return Call(_cover(children), _BLANK.sub("", name), _expressions(inner), expands)

    def step(self, children: tuple[Child, ...]) -> Expression:
        base, span = children[0], _cover(children)
        steps = tuple(part for child in children[1:] for part in self.steps(child))
        if not isinstance(base, Reference):
            return Other(span, _expressions(children) + _only_expressions(steps))
        parts = base.parts + steps
        if len(parts) > MAX_PARTS:
            # Each part repeats those before it: without a limit, time grows with their square.
            reason = f"a reference with more than {MAX_PARTS} parts"
            raise self.source.unreadable(span.start, reason)
        return Reference(span, parts, _BLANK.sub("", self.source.slice(span)))

    _index_expr_term = _get_attr_expr_term = _attr_splat_expr_term = _full_splat_expr_term = step

    def steps(self, child: Child) -> tuple[str | Expression, ...]:
        if not isinstance(child, _Raw):
            return ()
        if child.kind == "get_attr":
            return (self.source.slice(child.children[-1].span),)
        if child.kind == "braces_index":
            return _expressions(child.children)
        if child.kind == "short_index":
            return (self._int_lit(child.children[-1:]),)
        return ("*", *(part for inner in child.children[1:] for part in self.steps(inner)))

    def _binary_op(self, children: tuple[Child, ...]) -> Operation:
        operator, operand = children[1].children if isinstance(children[1], _Raw) else children[1:]
        left, right = _expression(children[0]), _expression(operand)
        sign = self.source.slice(operator.span).strip()
        return Operation(self.on_one_line((left, operator, right)), sign, (left, right))

    def _binary_operator(self, children: tuple[Child, ...]) -> _Raw:
        return _Raw("binary_operator", children[0].span)

    def _unary_op(self, children: tuple[Child, ...]) -> Expression:
        sign = self.source.slice(children[0].span).strip()
        return Operation(_cover(children), sign, (_expression(children[1]),))

    def _conditional(self, children: tuple[Child, ...]) -> Conditional:
        test, then, otherwise = _expressions(children)
        return Conditional(self.on_one_line(children), test, then, otherwise)


_EXPRESSION_RULES: Final[dict[str, Callable[[Span, tuple[Expression, ...]], Expression]]] = {
    "tuple": ListExpression,
    "for_tuple_expr": ForExpression,
    "for_object_expr": ForExpression,
    "template_string": Other,
    "template_if_start": Other,
    "template_else": Other,
    "template_endif": Other,
    "template_for_start": Other,
    "template_endfor": Other,
}


def _is_newline(child: Tree[Token] | Token) -> bool:
    if isinstance(child, Token):
        return child.type == "NL_OR_COMMENT"
    return child.data == "new_line_or_comment"


def _leaf(token: Token) -> _Raw:
    # The post-lexer puts a line end in front of an operator's text, not of its offsets.
    return _Raw(token.type, Span(token.start_pos or 0, token.end_pos or 0))


def _is(child: Child, kind: str) -> bool:
    return isinstance(child, _Raw) and child.kind == kind


def _expression(child: Child) -> Expression:
    """A change of the grammar's rules has to be loud, not a wrong tree."""
    if not isinstance(child, Expression):
        raise TypeError(f"the grammar has {child} where an expression belongs")
    return child


def _cover(children: tuple[Child, ...]) -> Span:
    return Span(children[0].span.start, children[-1].span.end) if children else Span(0, 0)


def _expressions(children: tuple[Child, ...]) -> tuple[Expression, ...]:
    """The expressions among children; those of a ``for``'s head are lifted out of it."""
    found: list[Expression] = []
    for child in children:
        if isinstance(child, Expression):
            found.append(child)
        elif isinstance(child, _Raw) and child.kind in ("for_intro", "for_cond"):
            found.extend(_expressions(child.children))
    return tuple(found)


def _only_expressions(steps: tuple[str | Expression, ...]) -> tuple[Expression, ...]:
    return tuple(step for step in steps if isinstance(step, Expression))
