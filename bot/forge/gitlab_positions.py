"""Where a comment stands in a GitLab diff, and which lines its suggestion replaces. Pure.

https://docs.gitlab.com/api/discussions/#create-a-new-thread-in-the-merge-request-diff
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.diff import FileDiff

from .port import Comment

BEYOND: Final = 100
"""Lines above and below the commented one that a suggestion may replace
(https://docs.gitlab.com/user/project/merge_requests/reviews/suggestions/)."""

_FENCE: Final = re.compile(r"^(?P<ticks>`{3,})suggestion$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Version:
    """A state of a merge request's diff: the three commits that every position names."""

    base_sha: str
    start_sha: str
    head_sha: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line on the new side. ``old`` is its number before, or where it would have stood."""

    old: int
    new: int
    is_added: bool


def line_of(diff: FileDiff, number: int) -> Line:
    """What a new-side line was before; outside of every hunk nothing but its number changed."""
    shift = 0
    for hunk in diff.hunks:
        # An empty side begins after its line, every other one on it.
        if number < hunk.new_start + (hunk.new_lines == 0):
            break
        old, new = hunk.old_start, hunk.new_start
        for text in hunk.lines:
            if text[:1] == "-":
                old += 1
            elif text[:1] in ("+", " "):
                if new == number:
                    return Line(old, new, is_added=text[:1] == "+")
                new += 1
                old += text[:1] == " "
        shift += hunk.old_lines - hunk.new_lines
    return Line(number + shift, number, is_added=False)


def placed(
    comment: Comment, diff: FileDiff, version: Version, old_path: str
) -> tuple[str, dict[str, Any]]:
    """Body and position of a comment: on its last line that a hunk shows, marking those above.

    Where the suggestion reaches further than the hunk, it says how far.
    """
    line = _anchor(comment, diff)
    hunk = diff.hunk_holding(line, line)
    first = max(comment.start_line, hunk.new_start) if hunk else line
    last = line_of(diff, line)
    position: dict[str, Any] = {
        "position_type": "text",
        "base_sha": version.base_sha,
        "start_sha": version.start_sha,
        "head_sha": version.head_sha,
        "old_path": old_path,
        "new_path": comment.path,
        **_numbers(last),
    }
    if first < line:
        start = line_of(diff, first)
        position["line_range"] = {
            "start": _end_of_range(start, comment.path),
            "end": _end_of_range(last, comment.path),
        }
    above, below = line - comment.start_line, comment.line - line
    return _FENCE.sub(rf"\g<ticks>suggestion:-{above}+{below}", comment.body, count=1), position


def _anchor(comment: Comment, diff: FileDiff) -> int:
    """The last of its lines that the diff shows and from which a suggestion reaches both ends."""
    lowest = max(comment.start_line, comment.line - BEYOND)
    highest = min(comment.line, comment.start_line + BEYOND)
    shown = (n for n in range(highest, lowest - 1, -1) if diff.hunk_holding(n, n))
    return next(shown, comment.line)


def _numbers(line: Line) -> dict[str, int]:
    """An added line has a number on the new side only, an unchanged one has both."""
    return {"new_line": line.new} if line.is_added else {"old_line": line.old, "new_line": line.new}


def _end_of_range(line: Line, path: str) -> dict[str, Any]:
    code = f"{hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()}_{line.old}_{line.new}"
    return {"line_code": code, "type": "new" if line.is_added else "old", **_numbers(line)}


def line_in(position: Mapping[str, Any]) -> int:
    """The new-side line of a position; 0 where it has none."""
    found = position.get("new_line")
    return found if isinstance(found, int) else 0
