"""Columns of ``=`` and of trailing comments, the way ``terraform fmt`` sets them.

Realigns only groups that were aligned before, so that nobody else's lines move. Works on lines of
scanned text, as ``fmt`` does; knows no nodes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ..frozen import dataclass
from ..model import Edit, Span
from ..source import SourceFile, apply
from .scan import scan

_ASSIGN: Final = re.compile(r"(?<![=!<>])=(?![=>])")
_BRACKETS: Final = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


@dataclass(frozen=True, slots=True)
class _Cell:
    """What ``fmt`` moves: an ``=`` with its value, or a comment beside code.

    ``line`` is the number of the line of code, ``start`` where that line begins. One that is alone
    belongs to no group.
    """

    line: int
    start: int
    gap: Span
    is_alone: bool = False


_Cells = Callable[[SourceFile], Iterator[_Cell]]


def align(before: SourceFile, after: SourceFile, edits: Sequence[Edit]) -> SourceFile:
    """``after``, which ``edits`` made of ``before``, with its groups aligned.

    A group that was out of line before stays as it is. Raises ``Unparsable`` where either text
    cannot be scanned.
    """
    origins = [_Origins(tuple(sorted(edits)))]
    for cells in (_assignments, _comments):
        crooked = {
            cell.gap.end
            for group in _groups(cells, before)
            if _moves(before, group)
            for cell in group
        }
        moves: list[Edit] = []
        for group in _groups(cells, after):
            if not any(_before(origins, cell.gap.end) in crooked for cell in group):
                moves.extend(_moves(after, group))
        after = apply(after, moves)
        origins.insert(0, _Origins(tuple(moves)))
    return after


@dataclass(frozen=True, slots=True)
class _Origins:
    """Where a character stood before sorted edits."""

    edits: tuple[Edit, ...]

    def before(self, offset: int) -> int | None:
        """Its offset in the old text; None where it is new."""
        shift = 0
        for edit in self.edits:
            start = edit.span.start + shift
            if offset < start:
                break
            if offset < start + len(edit.text):
                return None
            shift += len(edit.text) - (edit.span.end - edit.span.start)
        return offset - shift


def _before(origins: Sequence[_Origins], offset: int | None) -> int | None:
    for step in origins:
        offset = None if offset is None else step.before(offset)
    return offset


def _groups(cells: _Cells, source: SourceFile) -> Iterator[list[_Cell]]:
    """Cells of lines of code that follow each other."""
    group: list[_Cell] = []
    for cell in cells(source):
        is_next = bool(group) and cell.line == group[-1].line + 1
        if group and (not is_next or cell.is_alone or group[-1].is_alone):
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def _moves(source: SourceFile, group: Sequence[_Cell]) -> list[Edit]:
    """Edits of the blanks before each cell, one blank after the widest."""
    widths = [_columns(source.text[cell.start : cell.gap.start]) for cell in group]
    found = []
    for cell, width in zip(group, widths, strict=True):
        blanks = " " * (max(widths) - width + 1)
        if source.slice(cell.gap) != blanks:
            found.append(Edit(source.path, cell.gap, blanks))
    return found


def _columns(text: str) -> int:
    """Characters as a person counts them."""
    if text.isascii():
        return len(text)
    joined = sum(1 for c in text if unicodedata.combining(c) or c in "\u200d\ufe0e\ufe0f")
    return len(text) - joined


def _assignments(source: SourceFile) -> Iterator[_Cell]:
    """The first ``=`` of each line; alone where its value goes on over the next lines."""
    for line, start, code, _ in _lines(source):
        found = _ASSIGN.search(code)
        if found is not None and code[: found.start()].strip():
            value = code[found.start() :]
            lead = code[: found.start()].rstrip(" \t")
            gap = Span(start + len(lead), start + found.start())
            yield _Cell(line, start, gap, sum(_BRACKETS.get(c, 0) for c in value) != 0)


def _comments(source: SourceFile) -> Iterator[_Cell]:
    """Comments up to the end of a line, with code before them."""
    for line, start, code, comment in _lines(source):
        if comment is not None and code.strip():
            yield _Cell(line, start, Span(start + len(code.rstrip()), comment))


def _lines(source: SourceFile) -> Iterator[tuple[int, int, str, int | None]]:
    """Number, start and text of each line of code, and where its comment begins.

    A heredoc does not end a line of code, nor does a comment between ``/*`` and ``*/``.
    """
    scanned = scan(source)
    ends = [c.start for c in scanned.comments if source.text.startswith(("#", "//"), c.start)]
    start, at = 0, 0
    for line, code in enumerate(scanned.code.split("\n")):
        end = start + len(code)
        comment = None
        if at < len(ends) and ends[at] < end:
            comment, at = ends[at], at + 1
        yield line, start, code if comment is None else code[: comment - start], comment
        start = end + 1
