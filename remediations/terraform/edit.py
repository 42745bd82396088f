"""Intent to text: *set this value*, *insert this block after that one*.

Finds indentation, alignment and newline style, so that ``terraform fmt`` leaves the result alone
where it left the original alone. Knows no policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from ..model import Edit, Span
from ..source import SourceFile, apply
from .grammar import Grammar
from .layout import alignment
from .nodes import Attribute, Block, Body, Document, Expression, ListExpression
from .tree import parse

INDENT: Final = "  "
META_ARGUMENTS: Final = frozenset({"count", "for_each", "provider", "depends_on", "source"})


@dataclass(frozen=True, slots=True)
class SetValue:
    """Write another value in place of this one."""

    value: Expression
    text: str


@dataclass(frozen=True, slots=True)
class InsertAttribute:
    """Add ``name = text`` after the attribute ``after``, or where the body's arguments end."""

    body: Body
    name: str
    text: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class InsertBlock:
    """Add a nested block at the end of a body. ``text`` starts in column one."""

    body: Body
    text: str


@dataclass(frozen=True, slots=True)
class InsertAfter:
    """Add a sibling block after a nested block. ``text`` starts in column one."""

    block: Block
    text: str


@dataclass(frozen=True, slots=True)
class AddTopLevel:
    """Add a top-level block after ``after``, or at the end of the file."""

    text: str
    after: Block | None = None


@dataclass(frozen=True, slots=True)
class InsertElement:
    """Add an element to a list after one that is there. ``text`` starts in column one."""

    items: ListExpression
    after: Expression
    text: str


@dataclass(frozen=True, slots=True)
class RemoveItem:
    """Take an attribute or a block away, with its line."""

    item: Attribute | Block


Intent = (
    SetValue
    | InsertAttribute
    | InsertBlock
    | InsertAfter
    | AddTopLevel
    | InsertElement
    | RemoveItem
)


def render(document: Document, intents: Sequence[Intent], grammar: Grammar) -> SourceFile:
    """The file after all intents, aligned as its neighbours are.

    Raises ``OverlappingEdits`` where two intents claim the same text and ``Unparsable`` where the
    result is not Terraform (a bug in the caller's text).
    """
    source = document.source
    splices = _one_line_splices(source, intents)
    rewritten = [span for span, _ in splices]
    splices += [
        _splice(source, document.body, intent)
        for intent in intents
        if not any(_reaches_into(intent, span) for span in rewritten)
    ]
    splices.sort(key=lambda splice: splice[0])
    edits = [
        Edit(source.path, span, "".join(text for _, text in group).replace("\n", source.newline))
        for span, group in groupby(splices, key=lambda splice: splice[0])
    ]
    raw = apply(source, edits)
    return apply(raw, alignment(document, parse(raw, grammar), edits))


def edits_between(before: SourceFile, after: SourceFile) -> tuple[Edit, ...]:
    """Whole-line edits that turn one text into the other."""
    old, new = before.text.splitlines(keepends=True), after.text.splitlines(keepends=True)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    starts = [sum(map(len, old[:head]))]
    for line in old_middle:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=False)
    return tuple(
        Edit(before.path, Span(starts[i1], starts[i2]), "".join(new_middle[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    )


def indented(text: str, indent: str) -> str:
    """Every line but blank ones moved right."""
    return "\n".join(indent + line if line else line for line in text.split("\n"))


def indent_of(source: SourceFile, offset: int) -> str:
    """The blanks a line begins with."""
    span = source.line_span(source.line(offset))
    text = source.slice(span)
    return text[: len(text) - len(text.lstrip(" \t"))]


def _splice(source: SourceFile, top: Body, intent: Intent) -> tuple[Span, str]:
    match intent:
        case SetValue(value, text):
            return value.span, text
        case InsertAttribute():
            return _insert_attribute(source, intent)
        case InsertBlock(body, text):
            return _insert_block(source, body, text)
        case InsertAfter(block, text):
            indent = indent_of(source, block.span.start)
            return _after_line(source, block.span.end, "\n" + indented(text, indent))
        case AddTopLevel(text, after):
            return _add_top_level(source, top, after, text)
        case InsertElement(items, after, text):
            return _insert_element(source, items, after, text)
        case RemoveItem(item):
            return _remove(source, item.span), ""


def _after_line(source: SourceFile, offset: int, text: str) -> tuple[Span, str]:
    end = source.line_span(source.line(max(0, offset - 1))).end
    return Span(end, end), "\n" + text


def _insert_attribute(source: SourceFile, intent: InsertAttribute) -> tuple[Span, str]:
    body, line = intent.body, f"{intent.name} = {intent.text}"
    anchor = _anchor(source, body, intent.after)
    if anchor is None:
        return _into_braces(source, body, line)
    indent = indent_of(source, anchor.span.start)
    return _after_line(source, anchor.span.end, _continued(line, indent))


def _continued(text: str, indent: str) -> str:
    """Later lines of ``text`` are already relative to its first."""
    return indented(text, indent)


def _anchor(source: SourceFile, body: Body, after: str | None) -> Attribute | None:
    """The attribute to stand behind: the last of the first paragraph of plain arguments."""
    if after is not None and after in body.attributes:
        return body.attributes[after]
    plain = [a for a in body.attributes.values() if _is_single_line(source, a)]
    wanted = [a for a in plain if a.name not in META_ARGUMENTS] or plain
    if not wanted:
        return next(reversed(body.attributes.values()), None)
    anchor = wanted[0]
    for attribute in wanted[1:]:
        if source.line(attribute.span.start) != source.line(anchor.span.start) + 1:
            break
        anchor = attribute
    return anchor


def _is_single_line(source: SourceFile, attribute: Attribute) -> bool:
    return source.line(attribute.span.start) == source.line(attribute.span.end - 1)


def _shares_line(source: SourceFile, body: Body) -> bool:
    """True for ``x { a = 1 }``, where nothing can be added without breaking the line up."""
    return source.line(body.span.start) == source.line(body.span.end)


def _one_line_splices(source: SourceFile, intents: Sequence[Intent]) -> list[tuple[Span, str]]:
    """Blocks like ``x { a = 1 }`` that grow are rewritten over several lines, each once."""
    bodies = {
        intent.body.span: intent.body
        for intent in intents
        if isinstance(intent, (InsertAttribute, InsertBlock))
        and _shares_line(source, intent.body)
    }
    return [(span, _opened(source, body, intents)) for span, body in bodies.items()]


def _opened(source: SourceFile, body: Body, intents: Sequence[Intent]) -> str:
    outer = indent_of(source, body.span.start - 1)
    values = {intent.value: intent.text for intent in intents if isinstance(intent, SetValue)}
    lines = [
        f"{a.name} = {values.get(a.value) or source.slice(a.value.span)}"
        for a in body.attributes.values()
    ]
    for intent in intents:
        if isinstance(intent, InsertAttribute) and intent.body is body:
            lines.append(f"{intent.name} = {intent.text}")
    for intent in intents:
        if isinstance(intent, InsertBlock) and intent.body is body:
            lines += ["", intent.text] if lines else [intent.text]
    joined = "\n".join(indented(line, outer + INDENT) for line in lines)
    return f"\n{joined}\n{outer}"


def _reaches_into(intent: Intent, span: Span) -> bool:
    match intent:
        case SetValue(value=value):
            place = value.span
        case InsertAttribute(body=body) | InsertBlock(body=body):
            place = body.span
        case RemoveItem(item=item):
            place = item.span
        case _:
            return False
    return span.start <= place.start and place.end <= span.end


def _into_braces(source: SourceFile, body: Body, text: str) -> tuple[Span, str]:
    """Put ``text`` first in a body, with a blank line before what stands there."""
    inner = indent_of(source, body.span.start - 1) + INDENT
    end = source.line_span(source.line(body.span.start)).end
    gap = "\n" if body.items else ""
    return Span(end, end), "\n" + indented(text, inner) + gap


def _insert_block(source: SourceFile, body: Body, text: str) -> tuple[Span, str]:
    if not body.items:
        return _into_braces(source, body, text)
    last = body.items[-1]
    indent = indent_of(source, last.span.start)
    return _after_line(source, last.span.end, "\n" + indented(text, indent))


def _add_top_level(
    source: SourceFile, top: Body, after: Block | None, text: str
) -> tuple[Span, str]:
    if after is not None:
        return _after_line(source, after.span.end, "\n" + text)
    end = len(source.text)
    if not top.items and not source.text.strip():
        return Span(end, end), text + "\n"
    gap = "\n" if source.text.endswith("\n") else "\n\n"
    return Span(end, end), f"{gap}{text}\n"


def _insert_element(
    source: SourceFile, items: ListExpression, after: Expression, text: str
) -> tuple[Span, str]:
    """Keep the list's own way with its last comma."""
    is_last = items.items[-1] is after
    rest = source.text[after.span.end : items.span.end]
    has_comma = rest.lstrip().startswith(",")
    one_line = source.line(items.span.start) == source.line(items.span.end)
    indent = indent_of(source, after.span.start)
    gap = " " if one_line else "\n" + indent
    body = indented(text, indent).lstrip(" \t")
    if has_comma:
        end = after.span.end + rest.index(",") + 1
        return Span(end, end), f"{gap}{body}" + ("" if is_last and one_line else ",")
    return Span(after.span.end, after.span.end), f",{gap}{body}"


def _remove(source: SourceFile, span: Span) -> Span:
    """Whole lines; of two blank neighbours one goes too."""
    first, last = source.line(span.start), source.line(span.end - 1)
    start, end = source.line_start(first), source.line_start(last + 1)
    above = first > 1 and not source.slice(source.line_span(first - 1)).strip()
    below = last >= source.line_count or source.slice(source.line_span(last + 1)).strip() in (
        "",
        "}",
    )
    return Span(source.line_start(first - 1), end) if above and below else Span(start, end)
