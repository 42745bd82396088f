"""How lines of a file are replaced, and where they are after a commit. Pure."""

from __future__ import annotations

import re
from typing import Final

from bot.diff import FileDiff

SUGGESTION: Final = re.compile(
    r"^(`{3,})suggestion[^\n]*\n(.*?)^\1`*[ \t]*$", re.MULTILINE | re.DOTALL
)
"""A suggestion in a comment's body; the second group is the lines it would write."""


def replace_lines(text: str, first: int, last: int, suggestion: str) -> str:
    """Lines ``first`` to ``last`` become the suggestion's lines; an empty one removes them."""
    lines = text.split("\n")
    ended_in_cr = lines[first - 1].endswith("\r")
    new = suggestion.removesuffix("\n").split("\n") if suggestion else []
    if ended_in_cr:
        new = [line if line.endswith("\r") else f"{line}\r" for line in new]
    return "\n".join([*lines[: first - 1], *new, *lines[last:]])


def shift_of(patch: str | None, first: int, last: int) -> int | None:
    """By how much these lines move with a patch, or None where it changes one of them."""
    shift = 0
    for hunk in FileDiff.parse(patch).hunks:
        # An empty old side stands after its line, every other one on it.
        old = hunk.old_start + (hunk.old_lines == 0)
        for line in hunk.lines:
            if line.startswith("-"):
                if first <= old <= last:
                    return None
                shift -= old < first
                old += 1
            elif line.startswith("+"):
                if first < old <= last:
                    return None
                shift += old <= first
            elif line.startswith(" "):
                old += 1
    return shift


def hunk_above(patch: str | None, line: int) -> str:
    """The hunk that holds a new-side line, down to that line, as GitHub quotes it."""
    hunk = FileDiff.parse(patch).hunk_holding(line, line)
    if hunk is None:
        return ""
    shown = [
        f"@@ -{hunk.old_start},{hunk.old_lines} +{hunk.new_start},{hunk.new_lines} @@",
    ]
    number = hunk.new_start - 1
    for text in hunk.lines:
        number += text[:1] in (" ", "+")
        shown.append(text)
        if number == line:
            break
    return "\n".join(shown)
