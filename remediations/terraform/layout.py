"""Columns of ``=`` and of trailing comments, the way ``terraform fmt`` sets them.

Realigns only groups that an edit touched, and only where they were aligned before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Edit, Span
from ..source import SourceFile
from .nodes import Attribute, Block, Body, Document, ObjectExpression


@dataclass(frozen=True, slots=True)
class _Row:
    """``name = value`` on lines of its own."""

    name: Span
    value: Span
    line: int
    end_line: int
    equals: int
    comment: Span | None

    @property
    def gap(self) -> Span:
        return Span(self.name.end, self.equals)


def alignment(before: Document, after: Document, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Edits of blanks on ``after`` that align the groups which ``edits`` touched."""
    fresh = _touched_lines(after.source, edits)
    moved = _shift(before.source, edits)
    crooked = {moved(line) for line in _misaligned_lines(before)}
    found: list[Edit] = []
    for group in _groups(after):
        lines = {row.line for row in group}
        if lines & fresh and not (lines - fresh) & crooked:
            found.extend(_align(after.source, group))
    return tuple(sorted(found))


def _touched_lines(source: SourceFile, edits: Sequence[Edit]) -> set[int]:
    """Lines of the new text that an edit wrote."""
    touched: set[int] = set()
    shift = 0
    for edit in sorted(edits):
        start = edit.span.start + shift
        # An insertion that begins with a line end leaves the line before it as it was.
        start += len(edit.text) - len(edit.text.lstrip("\r\n"))
        end = edit.span.start + shift + len(edit.text)
        touched.update(range(source.line(start), source.line(max(start, end - 1)) + 1))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return touched


def _shift(source: SourceFile, edits: Sequence[Edit]) -> _LineMap:
    steps = []
    for edit in sorted(edits):
        old = source.text.count("\n", edit.span.start, edit.span.end)
        steps.append((source.line(edit.span.start), edit.text.count("\n") - old))
    return _LineMap(tuple(steps))


@dataclass(frozen=True, slots=True)
class _LineMap:
    """Where a line of the old text stands in the new one."""

    steps: tuple[tuple[int, int], ...]

    def __call__(self, line: int) -> int:
        return line + sum(delta for at, delta in self.steps if at < line)


def _misaligned_lines(document: Document) -> set[int]:
    """Lines of groups that nobody had aligned; they are left as they are."""
    return {
        row.line
        for group in _groups(document)
        if any(True for _ in _align(document.source, group))
        for row in group
    }


def _groups(document: Document) -> Iterator[list[_Row]]:
    comments = {document.source.line(span.start): span for span in document.comments}
    for rows in _columns(document, comments):
        group: list[_Row] = []
        for row in rows:
            if group and row.line != group[-1].end_line + 1:
                yield group
                group = []
            group.append(row)
        if group:
            yield group


def _columns(document: Document, comments: dict[int, Span]) -> Iterator[list[_Row]]:
    """Per body and per object, the rows that can be aligned."""
    bodies: list[Body] = [document.body]
    while bodies:
        body = bodies.pop()
        bodies.extend(item.body for item in body.items if isinstance(item, Block))
        if "\n" in document.source.slice(body.span):
            attributes = [item for item in body.items if isinstance(item, Attribute)]
            yield [
                row
                for item in attributes
                if (row := _row(document, item.name_span, item.value.span, comments))
            ]
        for item in body.items:
            if isinstance(item, Attribute):
                yield from _object_columns(document, item, comments)


def _object_columns(
    document: Document, attribute: Attribute, comments: dict[int, Span]
) -> Iterator[list[_Row]]:
    for node in attribute.value.walk():
        if isinstance(node, ObjectExpression) and "\n" in document.text_of(node):
            yield [
                row
                for entry in node.entries
                if (row := _row(document, entry.key.span, entry.value.span, comments))
            ]


def _row(
    document: Document, name: Span, value: Span, comments: dict[int, Span]
) -> _Row | None:
    source = document.source
    equals = source.text.find("=", name.end, value.start)
    line, end_line = source.line(name.start), source.line(value.end - 1)
    is_heredoc = source.text.startswith("<<", value.start)
    if equals < 0 or (line != end_line and not is_heredoc):
        return None
    if source.slice(Span(source.line_start(line), name.start)).strip():
        return None
    comment = comments.get(line) if not is_heredoc else None
    if comment is not None and comment.start < value.end:
        comment = None
    return _Row(name, value, line, end_line, equals, comment)


def _align(source: SourceFile, group: list[_Row]) -> Iterator[Edit]:
    width = max(row.name.end - row.name.start for row in group)
    ends: dict[int, int] = {}
    for row in group:
        blanks = " " * (width - (row.name.end - row.name.start) + 1)
        if source.slice(row.gap) != blanks:
            yield Edit(source.path, row.gap, blanks)
        rest = source.line_span(row.line).end if row.comment is None else row.comment.start
        text = source.slice(Span(row.equals, rest)).rstrip()
        ends[row.line] = row.name.end - source.line_start(row.line) + len(blanks) + len(text)
    yield from _align_comments(source, group, ends)


def _align_comments(
    source: SourceFile, group: list[_Row], ends: dict[int, int]
) -> Iterator[Edit]:
    run: list[_Row] = []
    for row in [*group, None]:
        if row is not None and row.comment is not None:
            run.append(row)
            continue
        column = max((ends[r.line] for r in run), default=0)
        for held in run:
            assert held.comment is not None
            before = source.slice(Span(held.equals, held.comment.start)).rstrip()
            gap = Span(held.equals + len(before), held.comment.start)
            blanks = " " * (column - ends[held.line] + 1)
            if source.slice(gap) != blanks:
                yield Edit(source.path, gap, blanks)
        run = []
