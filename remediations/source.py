"""One file's text: the only place that converts offsets and lines, and that knows LF from CRLF.

Knows no Terraform.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import field
from typing import Final

from .frozen import dataclass
from .model import Edit, Location, Span

MAX_BYTES: Final = 512 * 1024
"""Largest file that is read; larger ones are named as not analysed."""
_BOM: Final = "\ufeff"
_LFS_POINTER: Final = b"version https://git-lfs.github.com/spec/"
"""https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md"""


class SourceError(Exception):
    """Something about a text that a person has to know; a family of three."""


class Unreadable(SourceError):
    """The file at ``path`` cannot be used; ``line`` and ``column`` are 1-based."""

    def __init__(self, path: str, line: int, column: int, reason: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {reason}")
        self.path = path
        self.line = line
        self.column = column
        self.reason = reason


class Unparsable(Unreadable):
    """The text is not valid in its language."""


class OverlappingEdits(SourceError):
    """Two edits claim the same text."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Decoded text without its BOM. Offsets count characters of ``text``; CRLF stays in it."""

    path: str
    text: str
    newline: str = "\n"
    has_bom: bool = False
    _starts: tuple[int, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def decode(cls, path: str, data: bytes) -> SourceFile:
        """Read UTF-8 bytes. Raises ``Unreadable`` for other encodings, NUL and oversized files.

        Also for a pointer of Git LFS, which stands in place of a file.
        """
        if len(data) > MAX_BYTES:
            limit = MAX_BYTES // 1024
            size = -(-len(data) // 1024)
            raise Unreadable(path, 1, 1, f"the file has {size} KB; the limit is {limit} KB")
        if data.startswith(_LFS_POINTER):
            reason = "only a pointer of Git LFS is here: run `git lfs pull`, or keep it out of LFS"
            raise Unreadable(path, 1, 1, reason)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
            column = len(before.decode("utf-8")) + 1
            raise Unreadable(path, line, column, "the file is not valid UTF-8") from error
        has_bom = text.startswith(_BOM)
        return cls.of(path, text[1:] if has_bom else text, has_bom=has_bom)

    @classmethod
    def of(cls, path: str, text: str, *, has_bom: bool = False) -> SourceFile:
        """Wrap text that is decoded already. Raises ``Unreadable`` where it holds a NUL."""
        nul = text.find("\0")
        if nul >= 0:
            line, column = text.count("\n", 0, nul) + 1, nul - text.rfind("\n", 0, nul)
            raise Unreadable(path, line, column, "the file holds a NUL byte")
        crlf = text.count("\r\n")
        newline = "\r\n" if crlf * 2 > text.count("\n") else "\n"
        starts = [0]
        position = text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = text.find("\n", position + 1)
        return cls(path, text, newline, has_bom, tuple(starts))

    def encode(self) -> bytes:
        """The exact bytes it was decoded from."""
        return ((_BOM if self.has_bom else "") + self.text).encode("utf-8")

    @property
    def line_count(self) -> int:
        """Lines as an editor counts them; a final newline does not begin another."""
        trailing = self._starts[-1] == len(self.text) and len(self._starts) > 1
        return len(self._starts) - trailing

    def line(self, offset: int) -> int:
        """1-based line of an offset."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        """1-based column of an offset, in characters."""
        return offset - self._starts[self.line(offset) - 1] + 1

    def line_span(self, line: int) -> Span:
        """A line without its newline."""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        if end > start and self.text[end - 1 : end + 1] == "\r\n":
            end -= 1
        return Span(start, end)

    def line_start(self, line: int) -> int:
        """Offset of a line's first character; one past the last line is the end of the text."""
        return self._starts[line - 1] if line <= len(self._starts) else len(self.text)

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]

    def location(self, span: Span) -> Location:
        """A span with the lines it covers."""
        last = max(span.start, span.end - 1)
        return Location(self.path, span, self.line(span.start), self.line(last))

    def unreadable(self, offset: int, reason: str) -> Unparsable:
        """An ``Unparsable`` at an offset."""
        return Unparsable(self.path, self.line(offset), self.column(offset), reason)


def apply(source: SourceFile, edits: Iterable[Edit]) -> SourceFile:
    """The text after the edits. Raises ``OverlappingEdits``; two inserts at one place overlap."""
    pieces: list[str] = []
    position = 0
    previous: Span | None = None
    for edit in sorted(edits):
        if previous is not None and previous.overlaps(edit.span):
            raise OverlappingEdits(f"{source.path}: two edits at offset {edit.span.start}")
        pieces += (source.text[position : edit.span.start], edit.text)
        position, previous = edit.span.end, edit.span
    pieces.append(source.text[position:])
    return SourceFile.of(source.path, "".join(pieces), has_bom=source.has_bom)
