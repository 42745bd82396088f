"""From python-hcl2's raw tree to nodes, refusing what Terraform would refuse.

Knows the rule names of the grammar; no policy. ``quick.py`` builds the same nodes of plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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
from .quick_values import MAX_PARTS
from .raw import Child, Raw, cover, expression, expressions, is_a, is_newline, leaf
from .scan import HeredocScan, Scan

_BLANK: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"[a-z]+")
_CLOSES: Final = {"else": ("if",), "endif": ("if", "else"), "endfor": ("for",)}
_MAX_DIGITS: Final = 400
_SEPARATOR: Final = re.compile(r"[ \t\r]*(?:,\s*|\n\s*)?")


def parse_by_grammar(source: SourceFile, scanned: Scan, grammar: Grammar) -> Document:
    """The nodes of a file. Raises ``Unparsable`` naming line and column."""
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
                leaf(child) if isinstance(child, Token) else built[id(child)]
                for child in tree.children
                if not is_newline(child)
            )
            built[id(tree)] = self.node(str(tree.data), children)
        return built[id(raw)]

    def node(self, kind: str, children: tuple[Child, ...]) -> Child:
        make = getattr(self, f"_{kind}", None)
        if make is not None:
            made: Child = make(children)
            return made
        span = cover(children)
        if kind in _EXPRESSION_RULES:
            return _EXPRESSION_RULES[kind](span, expressions(children))
        return Raw(kind, span, children)

    def _start(self, children: tuple[Child, ...]) -> Body:
        items = children[0].children if children and isinstance(children[0], Raw) else ()
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
        return cover(children)

    def _attribute(self, children: tuple[Child, ...]) -> Attribute:
        name, value = children[0].span, expression(children[-1])
        span = Span(name.start, value.span.end)
        return Attribute(self.source.slice(name), name, value, span)

    def _block(self, children: tuple[Child, ...]) -> Block:
        brace = next(i for i, c in enumerate(children) if is_a(c, "LBRACE"))
        header, inner, closing = children[:brace], children[brace + 1 : -1], children[-1]
        items = inner[0].children if inner and isinstance(inner[0], Raw) else ()
        opening = children[brace].span
        body = self.body(Span(opening.end, closing.span.start), items)
        is_one_line = self.is_one_line(body)
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

    def is_one_line(self, body: Body) -> bool:
        """Whether no line ends beside its braces; the value between them may have several."""
        start, end = body.span.start, body.span.end
        if not body.items:
            return not self.has_newline(start, end)
        first, last = body.items[0].span, body.items[-1].span
        return not self.has_newline(start, first.start) and not self.has_newline(last.end, end)

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
        span, inner = cover(children), children[1:-1]
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
            if not isinstance(child, Directive):
                continue
            word = child.keyword
            before = opened.pop()[0] if opened and word in _CLOSES else ""
            if before not in _CLOSES.get(word, ("",)):
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
        span, inner = cover(children), expression(children[1])
        trims = self.source.text[span.start + 2] == "~" or self.source.text[span.end - 2] == "~"
        return Other(span, (inner,)) if trims else inner

    def _for_tuple_expr(self, children: tuple[Child, ...]) -> ForExpression:
        intro, value = children[1], expression(children[2])
        return self.loop(children, intro, None, value)

    def _for_object_expr(self, children: tuple[Child, ...]) -> ForExpression:
        key, value = (expression(child) for child in (children[2], children[4]))
        return self.loop(children, children[1], key, value)

    def loop(
        self, children: tuple[Child, ...], intro: Child, key: Expression | None, value: Expression
    ) -> ForExpression:
        held = intro.children if isinstance(intro, Raw) else ()
        names = tuple(self.source.slice(c.span) for c in held if is_a(c, "identifier"))
        conditions = [c for c in children if is_a(c, "for_cond")]
        condition = self.inside(conditions[0])[0] if conditions else None
        groups = any(is_a(child, "ELLIPSIS") for child in children)
        collection = expressions(held)[0]
        return ForExpression(cover(children), names, collection, key, value, condition, groups)

    def inside(self, child: Child) -> tuple[Expression, ...]:
        return expressions(child.children) if isinstance(child, Raw) else ()

    def directive(self, children: tuple[Child, ...]) -> Directive:
        span = cover(children)
        text = self.source.text
        keyword = _WORD.search(self.shadow, span.start + 2)
        names = tuple(self.source.slice(c.span) for c in children if is_a(c, "identifier"))
        inner = expressions(children)
        return Directive(
            span,
            keyword[0] if keyword else "",
            names,
            inner[0] if inner else None,
            (text[span.start + 2] == "~", text[span.end - 2] == "~"),
        )

    _template_if_start = _template_else = _template_endif = directive
    _template_for_start = _template_endfor = directive

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
        if is_a(first, "LPAR"):
            return Parentheses(cover(children), expressions(children)[0])
        if isinstance(first, Expression):
            return first
        text = self.source.slice(first.span)
        if is_a(first, "literal_value"):
            return Literal(first.span, {"true": True, "false": False, "null": None}[text])
        return Reference(first.span, (text,), text)

    def _object_elem_key(self, children: tuple[Child, ...]) -> Expression:
        return self._expr_term(children)

    def _object_elem(self, children: tuple[Child, ...]) -> Entry:
        return Entry(expression(children[0]), expression(children[-1]), cover(children))

    def _object(self, children: tuple[Child, ...]) -> ObjectExpression:
        entries = tuple(child for child in children if isinstance(child, Entry))
        for number, entry in enumerate(entries, 1):
            is_last = number == len(entries)
            end = children[-1].span.start if is_last else entries[number].span.start
            between = self.shadow[entry.span.end : end]
            is_apart = is_last or between.strip(" \t\r") != ""
            if not is_apart or not _SEPARATOR.fullmatch(between):
                raise self.source.unreadable(end, "a comma or a line end has to stand before this")
        return ObjectExpression(cover(children), entries)

    def _function_call(self, children: tuple[Child, ...]) -> Call:
        opening = next(i for i, c in enumerate(children) if is_a(c, "LPAR"))
        name = self.source.slice(Span(children[0].span.start, children[opening].span.start))
        given = [c for c in children if is_a(c, "arguments")]
        inner = given[0].children if given and isinstance(given[0], Raw) else ()
        expands = any(is_a(child, "ELLIPSIS") for child in inner)
        return Call(cover(children), _BLANK.sub("", name), expressions(inner), expands)

    def step(self, children: tuple[Child, ...]) -> Expression:
        base, span = children[0], cover(children)
        steps = tuple(part for child in children[1:] for part in self.steps(child))
        before = base.parts if isinstance(base, Reference | Traversal) else ()
        parts = before + steps
        if len(parts) > MAX_PARTS:
            # Each part repeats those before it: without a limit, time grows with their square.
            reason = f"a reference with more than {MAX_PARTS} parts"
            raise self.source.unreadable(span.start, reason)
        if not isinstance(base, Reference):
            inner = base.base if isinstance(base, Traversal) else expression(base)
            return Traversal(span, inner, parts)
        return Reference(span, parts, _BLANK.sub("", self.source.slice(span)))

    _index_expr_term = _get_attr_expr_term = _attr_splat_expr_term = _full_splat_expr_term = step

    def steps(self, child: Child) -> tuple[str | Expression, ...]:
        if not isinstance(child, Raw):
            return ()
        if child.kind == "get_attr":
            return (self.source.slice(child.children[-1].span),)
        if child.kind == "braces_index":
            return expressions(child.children)
        if child.kind == "short_index":
            return (self._int_lit(child.children[-1:]),)
        return ("*", *(part for inner in child.children[1:] for part in self.steps(inner)))

    def _binary_op(self, children: tuple[Child, ...]) -> Operation:
        operator, operand = children[1].children if isinstance(children[1], Raw) else children[1:]
        left, right = expression(children[0]), expression(operand)
        sign = self.source.slice(operator.span).strip()
        return Operation(self.on_one_line((left, operator, right)), sign, (left, right))

    def _binary_operator(self, children: tuple[Child, ...]) -> Raw:
        return Raw("binary_operator", children[0].span)

    def _unary_op(self, children: tuple[Child, ...]) -> Expression:
        sign = self.source.slice(children[0].span).strip()
        return Operation(cover(children), sign, (expression(children[1]),))

    def _conditional(self, children: tuple[Child, ...]) -> Conditional:
        test, then, otherwise = expressions(children)
        return Conditional(self.on_one_line(children), test, then, otherwise)


_EXPRESSION_RULES: Final[dict[str, Callable[[Span, tuple[Expression, ...]], Expression]]] = {
    "tuple": ListExpression,
    "template_string": Other,
}
