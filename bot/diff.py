"""Diffs as text: a host's ``patch`` string read into hunks, and two texts written as a patch.

Pure. Knows no host and no Terraform. Lines end at "\\n" only, as git counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_HEADER: Final = re.compile(
    r"@@ -(?P<old>\d+)(?:,(?P<old_lines>\d+))? \+(?P<new>\d+)(?:,(?P<new_lines>\d+))? @@"
)
_NO_NEWLINE: Final = "\\ No newline at end of file"
_CONTEXT: Final = 3

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk. ``lines`` keep their first character; line numbers are 1-based."""

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: tuple[str, ...]

    @property
    def new_end(self) -> int:
        """The last new-side line; one before ``new_start`` where the hunk only removes."""
        return self.new_start + self.new_lines - 1

    def holds(self, first: int, last: int) -> bool:
        """True where the new side shows every line from ``first`` to ``last``."""
        return self.new_start <= first <= last <= self.new_end

    def new_side(self) -> Iterator[tuple[int, str]]:
        """Number and text of each line on the new side, without the marker."""
        shown = (line[1:] for line in self.lines if line[:1] not in ("-", "\\"))
        return enumerate(shown, self.new_start)


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What the host shows of one file; without hunks nothing can be anchored in it."""

    hunks: tuple[Hunk, ...] = ()

    @classmethod
    def parse(cls, patch: str | None) -> FileDiff:
        """Read a patch without file headers; None is a file that the host shows no patch of.

        A hunk that does not hold what its header promises is left out: an anchor in it could be
        refused, and one refused anchor loses a whole review.
        """
        lines = (patch or "").split("\n")
        starts = [index for index, line in enumerate(lines) if _HEADER.match(line)]
        hunks = (_hunk(lines, start) for start in starts)
        return cls(tuple(hunk for hunk in hunks if hunk is not None))

    def hunk_holding(self, first: int, last: int) -> Hunk | None:
        """The hunk whose new side shows all of these lines, or None."""
        return next((hunk for hunk in self.hunks if hunk.holds(first, last)), None)

    def shows(self, lines: Sequence[str], first: int, last: int) -> bool:
        """True where one hunk shows these lines just as ``lines`` (a whole file) has them."""
        hunk = self.hunk_holding(first, last)
        if hunk is None or last > len(lines):
            return False
        return all(
            text.rstrip("\r") == lines[number - 1].rstrip("\r")
            for number, text in hunk.new_side()
            if first <= number <= last
        )


def _hunk(lines: list[str], start: int) -> Hunk | None:
    header = _HEADER.match(lines[start])
    if header is None:
        return None
    old_lines, new_lines = int(header["old_lines"] or 1), int(header["new_lines"] or 1)
    old, new = old_lines, new_lines
    taken: list[str] = []
    for line in lines[start + 1 :]:
        if old <= 0 and new <= 0 and not line.startswith("\\"):
            break
        if line[:1] not in ("", " ", "-", "+", "\\"):
            return None
        taken.append(line or " ")  # some tools strip the blank of an empty context line
        old -= line[:1] in ("", " ", "-")
        new -= line[:1] in ("", " ", "+")
    if old or new:
        return None
    return Hunk(int(header["old"]), old_lines, int(header["new"]), new_lines, tuple(taken))


def unified(before: str | None, after: str | None, path: str) -> str:
    """A patch that git applies; None is a file that is not there. Empty where nothing changes."""
    if before == after:
        return ""
    old, new = _lines(before or ""), _lines(after or "")
    parts = [
        "--- /dev/null" if before is None else f"--- a/{path}",
        "+++ /dev/null" if after is None else f"+++ b/{path}",
    ]
    for group in _groups(old, new):
        parts += _written(old, new, group)
    return "\n".join(parts) + "\n"


def _groups(old: list[str], new: list[str]) -> Iterator[list[Opcode]]:
    """Hunks as opcodes, each with its lines of context."""
    group: list[Opcode] = []
    for code in _opcodes(old, new):
        tag, old_from, old_to, new_from, new_to = code
        if tag != "equal":
            group.append(code)
            continue
        if group and old_to - old_from > 2 * _CONTEXT:
            after = _CONTEXT
            yield [*group, ("equal", old_from, old_from + after, new_from, new_from + after)]
            group = []
        if not group:
            before = min(_CONTEXT, old_to - old_from)
            group = [("equal", old_to - before, old_to, new_to - before, new_to)]
        else:
            group.append(code)
    if any(code[0] != "equal" for code in group):
        tag, old_from, old_to, new_from, _ = group[-1]
        if tag == "equal":
            kept = min(_CONTEXT, old_to - old_from)
            group[-1] = ("equal", old_from, old_from + kept, new_from, new_from + kept)
        yield group


def _opcodes(old: list[str], new: list[str]) -> Iterator[Opcode]:
    """How to get from one to the other. Equal ends are cut off first: the cost follows the change,
    and an inserted block begins where it begins, not in the middle of the one before."""
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    rest = shortest - head
    tail = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    yield "equal", 0, head, 0, head
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield tag, old_from + head, old_to + head, new_from + head, new_to + head
    yield "equal", len(old) - tail, len(old), len(new) - tail, len(new)


def _written(old: list[str], new: list[str], group: list[Opcode]) -> Iterator[str]:
    first, last = group[0], group[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
    for tag, old_from, old_to, new_from, new_to in group:
        if tag == "equal":
            yield from _marked(" ", old[old_from:old_to])
            continue
        yield from _marked("-", old[old_from:old_to])
        yield from _marked("+", new[new_from:new_to])


def _marked(marker: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield marker + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield _NO_NEWLINE


def _range(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _lines(text: str) -> list[str]:
    """Lines with their "\\n"; ``splitlines`` would also end them at form feeds."""
    return [line + "\n" for line in text.split("\n")[:-1]] + [
        line for line in text.split("\n")[-1:] if line
    ]
