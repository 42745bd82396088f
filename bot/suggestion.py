"""Places a fix as a suggestion: whole lines of one file, inside one hunk on the new side.

Pure. Refuses whatever the host might not apply byte for byte; such a fix is offered as a commit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from remediations.model import Edit
from remediations.source import SourceFile, apply

from .diff import FileDiff

MAX_LINES: Final = 100
"""The longest suggestion. GitLab allows no more, and nobody reads more before a click."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Replace lines ``start_line`` to ``end_line`` (1-based, inclusive) of ``path`` by ``lines``.

    No ``lines`` deletes.
    """

    path: str
    start_line: int
    end_line: int
    lines: tuple[str, ...]

    def overlaps(self, other: Suggestion) -> bool:
        """True where both replace a line of the same file."""
        return (
            self.path == other.path
            and self.start_line <= other.end_line
            and other.start_line <= self.end_line
        )


def place(
    edits: Iterable[Edit],
    source: SourceFile,
    diff: FileDiff,
    taken: Collection[Suggestion] = (),
    beyond: int = 0,
) -> Suggestion | None:
    """The suggestion that makes exactly these edits of one file, or None where there is none.

    Where the host lets one reach so many lines ``beyond`` the line it hangs on, one line that a
    hunk shows is enough. It overlaps none of ``taken``. None too for a change of nothing, and for
    text of which it is not certain that the host writes the bytes that were planned:

    - a carriage return anywhere in the file: comments travel with "\\n", and suggestions applied
      by the host are known to leave mixed line endings (w3c-fedid/digital-credentials#572)
    - a last line without its newline (reviewdog/reviewdog#1927)
    - a first line behind a byte order mark, and lines that are blank and nothing else
    """
    before, after = source.text, apply(source, edits).text
    if before == after or "\r" in before or "\r" in after:
        return None
    old, new = before.split("\n"), after.split("\n")
    for start, end, kept in _ranges(old, new):
        plain = Suggestion(source.path, start + 1, end, tuple(kept))
        for suggestion in _hung(plain, old, diff, beyond):
            is_free = not any(suggestion.overlaps(other) for other in taken)
            if is_free and _is_exact(suggestion, source, old):
                return suggestion
    return None


def _hung(
    suggestion: Suggestion, old: list[str], diff: FileDiff, beyond: int
) -> Iterator[Suggestion]:
    """The suggestion where a hunk shows all of it; else grown to the nearest line that one shows.

    The lines between are written again as they are.
    """
    first, last = suggestion.start_line, suggestion.end_line
    if diff.shows(old, first, last):
        yield suggestion
        return
    for line in sorted(_nearest(diff, last), key=lambda n: max(first - n, n - last, 0)):
        top, end = min(first, line), max(last, line)
        if max(line - top, end - line) <= beyond and diff.shows(old, line, line):
            lines = (*old[top - 1 : first - 1], *suggestion.lines, *old[last:end])
            yield Suggestion(suggestion.path, top, end, lines)


def _nearest(diff: FileDiff, last: int) -> Iterator[int]:
    """Of each hunk the line that is closest to those up to ``last``; the last of both."""
    for hunk in diff.hunks:
        if hunk.new_lines:
            yield max(hunk.new_start, min(last, hunk.new_end))


def _ranges(old: list[str], new: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    """Ways to say the change: replace ``old[start:end]`` by the lines.

    Pure insertions need a line to hold on to: the one before, else the one after.
    """
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    rest = shortest - head
    tail = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    start, end, until = head, len(old) - tail, len(new) - tail
    if start < end:
        yield start, end, new[start:until]
        return
    if start > 0:
        yield start - 1, end, new[start - 1 : until]
    yield start, end + 1, new[start : until + 1]


def _is_exact(suggestion: Suggestion, source: SourceFile, old: list[str]) -> bool:
    """Whether the host can only understand it in one way.

    ``old`` ends in the piece behind the last newline: replacing that piece means a last line
    without newline, or one that is not there.
    """
    if suggestion.end_line >= len(old):
        return False
    if max(suggestion.end_line - suggestion.start_line + 1, len(suggestion.lines)) > MAX_LINES:
        return False
    if source.has_bom and suggestion.start_line == 1:
        return False
    if suggestion.lines and not any(line.strip() for line in suggestion.lines):
        return False
    return not any(_is_fragile(char) for line in suggestion.lines for char in line)


def _is_fragile(char: str) -> bool:
    """Characters that a comment may lose or change on its way, or that hide from the reader."""
    return char != "\t" and unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")
