"""Where an intent's text goes: the anchor, the indentation, the blank lines around it.

Several intents at one place are joined in their order. Knows no columns; ``layout`` sets those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from ..frozen import dataclass
from ..model import Edit, Span
from ..source import OverlappingEdits, SourceFile, Unparsable
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
from .nodes import (
    Attribute,
    Block,
    Body,
    Document,
    Entry,
    Expression,
    Heredoc,
    ListExpression,
    ObjectExpression,
    String,
)
from .scan import scan

META_ARGUMENTS: Final = frozenset({"count", "for_each", "provider", "depends_on", "source"})
_LINE_END: Final = re.compile(r"\r?\n")
_LEADING: Final = re.compile(r"(?:  )+")
_BREAK: Final = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class _Splice:
    """Text for a span. Of several at one span, ``tail`` is written once.

    ``gap`` separates from what stands before; the first into an empty place needs none. One that
    is alone shares its span with nothing but the very same.
    """

    span: Span
    text: str
    tail: str = ""
    gap: str = ""
    is_empty_place: bool = False
    is_alone: bool = False


def splices(document: Document, intents: Sequence[Intent]) -> tuple[Edit, ...]:
    """Edits for all intents, one a place, in the order of the text.

    Raises ``OverlappingEdits`` where two intents give one place different values.
    """
    placer = _Placer(document)
    # Arguments come before nested blocks where both follow the same line.
    ordered = sorted(intents, key=lambda intent: not isinstance(intent, InsertAttribute))
    found = sorted(
        (splice for intent in ordered for splice in placer.place(intent)),
        key=lambda splice: splice.span,
    )
    path, newline = document.path, document.source.newline
    edits: list[Edit] = []
    for span, group in groupby(found, key=lambda splice: splice.span):
        edit = Edit(path, span, _LINE_END.sub(newline, _joined(path, list(group))))
        if edits and edits[-1].span.end == span.start:
            before = edits.pop()
            edit = Edit(path, Span(before.span.start, span.end), before.text + edit.text)
        edits.append(edit)
    return tuple(edits)


def _joined(path: str, group: Sequence[_Splice]) -> str:
    if any(splice.is_alone for splice in group):
        if len(set(group)) > 1:
            raise OverlappingEdits(f"{path}: two values for one place")
        group = group[:1]
    pieces: list[str] = []
    for number, splice in enumerate(group):
        needs_gap = number > 0 or not splice.is_empty_place
        pieces.append((splice.gap if needs_gap else "") + splice.text)
    return "".join(pieces) + max((splice.tail for splice in group), key=len)


def indent_of(source: SourceFile, offset: int) -> str:
    """The blanks a line begins with."""
    text = source.slice(source.line_span(source.line(offset)))
    return text[: len(text) - len(text.lstrip(" \t"))]


class _Placer:
    """Places intents in one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.source = document.source
        self.text = document.source.text
        self.unit = _unit(document)

    def place(self, intent: Intent) -> Iterable[_Splice]:
        match intent:
            case SetValue(value, text):
                return [_Splice(self.whole(value), text, is_alone=True)]
            case InsertAttribute():
                return self.insert_attribute(intent)
            case InsertBlock(body, text):
                return self.insert_block(body, text)
            case InsertAfter(block, text):
                indent = indent_of(self.source, block.span.start)
                return [self.below(block.span.end, self.indented(text, indent), "\n")]
            case AddTopLevel(text, after):
                return [self.add_top_level(text, after)]
            case InsertElement(items, after, text):
                return self.insert_element(items, after, text)
            case InsertEntry(within, name, text):
                return self.insert_entry(within, name, text)
            case RemoveItem(item):
                return [_Splice(self.removed(item.span), "", is_alone=True)]
            case Noted():
                raise TypeError("an intent that was only noted cannot be written")

    def below(self, offset: int, text: str, gap: str = "") -> _Splice:
        """On a line of its own under the one that holds the character before ``offset``."""
        end = self.source.line_span(self.source.line(max(0, offset - 1))).end
        return _Splice(Span(end, end), "\n" + text, gap=gap)

    def indented(self, text: str, indent: str) -> str:
        """Lines moved right, in the file's own unit; the text of a plain heredoc stays."""
        lines = text.replace("\r\n", "\n").split("\n")
        fixed = _heredoc_lines(text)
        return "\n".join(
            line if number in fixed or not line else indent + self.in_units(line)
            for number, line in enumerate(lines)
        )

    def in_units(self, line: str) -> str:
        blanks = _LEADING.match(line)
        return self.unit * (blanks.end() // 2) + line[blanks.end() :] if blanks else line

    def insert_attribute(self, intent: InsertAttribute) -> Iterable[_Splice]:
        body, line = intent.body, f"{intent.name} = {intent.text}"
        if self.is_one_line(body):
            return self.break_up(body, line)
        anchor = self.anchor(body, intent.after)
        if anchor is None:
            return [self.first(body, line)]
        indent = indent_of(self.source, anchor.span.start)
        return [self.below(anchor.span.end, self.indented(line, indent))]

    def insert_block(self, body: Body, text: str) -> Iterable[_Splice]:
        if self.is_one_line(body):
            return self.break_up(body, text, "\n")
        if not body.items:
            return [self.first(body, text)]
        last = body.items[-1]
        indent = indent_of(self.source, last.span.start)
        return [self.below(last.span.end, self.indented(text, indent), "\n")]

    def first(self, body: Body, text: str) -> _Splice:
        """Under the opening brace, with a blank line to what follows."""
        inner = indent_of(self.source, body.span.start - 1) + self.unit
        placed = self.below(body.span.start, self.indented(text, inner))
        return _Splice(placed.span, placed.text, tail="\n" if body.items else "")

    def break_up(self, body: Body, text: str, gap: str = "") -> Iterator[_Splice]:
        """Write ``{ a = 1 }`` over several lines, so that something can be added."""
        outer = indent_of(self.source, body.span.start - 1)
        inner = outer + self.unit
        held = self.source.slice(body.span)
        added, tail = "\n" + self.indented(text, inner), "\n" + outer
        if not held.strip():
            yield _Splice(body.span, added, tail=tail, gap=gap, is_empty_place=True)
            return
        opening = body.span.start + len(held) - len(held.lstrip())
        yield _Splice(Span(body.span.start, opening), "", tail="\n" + inner)
        yield from self.deeper(body)
        end = body.span.start + len(held.rstrip())
        yield _Splice(Span(end, body.span.end), added, tail=tail, gap=gap)

    def deeper(self, body: Body) -> Iterator[_Splice]:
        """One unit more before each line of a long value; the text of a heredoc stays."""
        nodes = (node for held in body.attributes.values() for node in held.value.walk())
        texts = (Span(one.body.start, one.span.end) for one in nodes if isinstance(one, Heredoc))
        fixed = (*texts, *self.document.comments)
        first, last = self.source.line(body.span.start), self.source.line(body.span.end)
        for line in map(self.source.line_span, range(first + 1, last + 1)):
            is_fixed = any(span.start <= line.start <= span.end for span in fixed)
            if not is_fixed and self.source.slice(line).strip():
                yield _Splice(Span(line.start, line.start), self.unit)

    def is_one_line(self, body: Body) -> bool:
        """True where the closing brace follows on the line of what it closes."""
        start = body.items[-1].span.end if body.items else body.span.start
        return "\n" not in self.text[start : body.span.end]

    def anchor(self, body: Body, after: str | None) -> Attribute | None:
        """The attribute to stand behind: the last of the first paragraph of plain arguments."""
        if after is not None and after in body.attributes:
            return body.attributes[after]
        plain = [a for a in body.attributes.values() if "\n" not in self.document.text_of(a)]
        wanted = [a for a in plain if a.name not in META_ARGUMENTS] or plain
        if not wanted:
            return next(reversed(list(body.attributes.values())), None)
        anchor = wanted[0]
        for attribute in wanted[1:]:
            if self.source.line(attribute.span.start) != self.source.line(anchor.span.start) + 1:
                break
            anchor = attribute
        return anchor

    def add_top_level(self, text: str, after: Block | None) -> _Splice:
        text = self.indented(text, "")
        if not self.text.strip():
            return _Splice(
                Span(0, len(self.text)), text, tail="\n", gap="\n\n", is_empty_place=True
            )
        if after is None:
            end = len(self.text.rstrip())
            return _Splice(Span(end, end), "\n" + text, gap="\n")
        placed = self.below(after.span.end, text, "\n")
        following = self.text[placed.span.end :].lstrip("\r").split("\n", 2)
        is_tight = len(following) > 1 and following[1].strip() != ""
        return _Splice(placed.span, placed.text, gap="\n", tail="\n" if is_tight else "")

    def insert_element(
        self, items: ListExpression, after: Expression, text: str
    ) -> Iterator[_Splice]:
        """Keep the list's own way with its last comma and with its lines."""
        indent = self.element_indent(items, after)
        written = self.indented(text, indent).lstrip(" \t")
        end = after.span.end
        if "\n" not in self.source.slice(items.span):
            yield _Splice(Span(end, end), f", {written}")
            return
        if "\n" in written and self.begins_lines_that_the_list_ends(items, after):
            yield self.above_the_end(after, indent, written)
            return
        if "\n" in written:
            yield from self.further_in(items, after)
        yield from self.follow(after, items.span.end, indent, written, has_commas=True)

    def insert_entry(self, within: ObjectExpression, name: str, text: str) -> Iterator[_Splice]:
        """Keep the object's own way with quotes, separators, commas and lines."""
        last = within.entries[-1]
        key = f'"{name}"' if isinstance(last.key, String) else name
        between = self.text[last.key.span.end : last.value.span.start]
        line = f"{key}{between if between.strip() == ':' else ' = '}{text}"
        if "\n" not in self.source.slice(within.span):
            end = last.value.span.end
            yield _Splice(Span(end, end), ", " + _BREAK.sub(" ", line))
            return
        indent = indent_of(self.source, last.key.span.start)
        written = self.indented(line, indent).lstrip(" \t")
        pairs: list[tuple[Entry, Entry]] = list(
            zip(within.entries, within.entries[1:], strict=False)
        )
        has_commas = any(
            "," in self.code(one.value.span.end, two.key.span.start) for one, two in pairs
        )
        yield from self.follow(last.value, within.span.end, indent, written, has_commas=has_commas)

    def follow(
        self, after: Expression, limit: int, indent: str, written: str, *, has_commas: bool
    ) -> Iterator[_Splice]:
        """Text behind something of a list or an object, before ``limit``, on a line of its own."""
        end = after.span.end
        rest = self.code(end, limit)
        if rest.lstrip().startswith(","):
            end += rest.index(",") + 1
            written += ","
        elif has_commas or not self.ends_its_line(end):
            # Nothing may follow a heredoc's marker on its line.
            gap = f"\n{indent}" if isinstance(after, Heredoc) else ""
            yield _Splice(Span(end, end), f"{gap},")
        if self.ends_its_line(end):
            line_end = self.source.line_span(self.source.line(end)).end
            yield _Splice(Span(line_end, line_end), f"\n{indent}{written}")
        else:
            yield _Splice(Span(end, end), " " + written)

    def further_in(self, items: ListExpression, after: Expression) -> Iterator[_Splice]:
        """``terraform fmt`` sets a line ``}, {`` as far in as what stands in the first of both.

        A list that has such a line already shows its own way.
        """
        if not isinstance(after, ObjectExpression) or not after.entries or not self.closes(after):
            return
        own = [item for item in items.items if item is not after and self.closes(item)]
        like = own[0].span.end - 1 if own else after.entries[0].key.span.start
        start = self.source.line_start(self.source.line(after.span.end - 1))
        yield _Splice(Span(start, after.span.end - 1), indent_of(self.source, like))

    def begins_lines_that_the_list_ends(self, items: ListExpression, item: Expression) -> bool:
        is_last = item is items.items[-1]
        return is_last and self.begins_line(item.span.start) and self.closes(item)

    def above_the_end(self, last: Expression, indent: str, written: str) -> _Splice:
        closing = self.source.line_start(self.source.line(last.span.end - 1))
        head, _, end = written.rpartition("\n")
        end = indent_of(self.source, closing) + end.lstrip()
        return _Splice(Span(closing, last.span.end), f"{indent}}},\n{indent}{head}\n{end}")

    def begins_line(self, offset: int) -> bool:
        return self.source.column(offset) == len(indent_of(self.source, offset)) + 1

    def closes(self, item: Expression) -> bool:
        """Whether its last character begins a line, and something follows on that line."""
        last = item.span.end - 1
        line = self.source.line_span(self.source.line(last))
        follows = self.code(item.span.end, line.end).strip(" \t\r\n,")
        return line.start + len(indent_of(self.source, last)) == last and bool(follows)

    def ends_its_line(self, offset: int) -> bool:
        """Whether nothing but a comment follows on the line."""
        line_end = self.source.line_span(self.source.line(offset)).end
        return not self.code(offset, line_end).strip()

    def element_indent(self, items: ListExpression, after: Expression) -> str:
        """That of the next element where it begins its line: a `}` may stand further left."""
        behind = [one.span.start for one in items.items if one.span.start > after.span.start][:1]
        like = behind if behind and self.begins_line(behind[0]) else [after.span.start]
        return indent_of(self.source, like[0])

    def whole(self, value: Expression) -> Span:
        """A value, with the blanks that may follow a heredoc's marker."""
        if not isinstance(value, Heredoc):
            return value.span
        rest = self.source.line_span(self.source.line(value.span.end - 1)).end
        is_blank = not self.text[value.span.end : rest].strip()
        return Span(value.span.start, rest) if is_blank else value.span

    def code(self, start: int, end: int) -> str:
        """The text with its comments blanked."""
        text = self.text[start:end]
        for span in self.document.comments:
            if start <= span.start < end:
                low, high = span.start - start, min(span.end, end) - start
                text = text[:low] + " " * (high - low) + text[high:]
        return text

    def removed(self, span: Span) -> Span:
        """Whole lines; of two blank neighbours one goes too. In ``{ a = 1 }`` only the inside."""
        source = self.source
        first, last = source.line(span.start), source.line(span.end - 1)
        start, end = source.line_start(first), source.line_start(last + 1)
        if self.text[start : span.start].strip():
            left, right = self.text[: span.start], self.text[span.end :]
            return Span(len(left.rstrip(" \t")), len(self.text) - len(right.lstrip(" \t")))
        is_last = last >= source.line_count
        below = "" if is_last else source.slice(source.line_span(last + 1)).strip()
        if first > 1 and below in ("", "}"):
            above = source.line_span(first - 1)
            if not source.slice(above).strip():
                return Span(source.line_start(first - 1), end)
        return Span(start, end)


def _heredoc_lines(text: str) -> frozenset[int]:
    """Numbers of lines whose blanks mean something."""
    if "<<" not in text:
        return frozenset()
    fragment = SourceFile.of("", text.replace("\r\n", "\n") + "\n")
    try:
        heredocs = scan(fragment).heredocs
    except Unparsable:
        return frozenset()
    return frozenset(
        line - 1
        for heredoc in heredocs
        if not heredoc.is_indented
        for line in range(fragment.line(heredoc.body.start), fragment.line(heredoc.span.end) + 1)
    )


def _unit(document: Document) -> str:
    """What one level of indentation is in this file; two blanks where nothing shows it."""
    source = document.source
    for block in document.body.blocks():
        if block.body.items and "\n" in source.slice(block.body.span):
            outer = indent_of(source, block.span.start)
            inner = indent_of(source, block.body.items[0].span.start)
            if inner.startswith(outer) and inner != outer:
                return inner[len(outer) :]
    return "  "
