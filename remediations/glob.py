"""Globs over paths of a repository: ``**`` crosses directories, ``*`` does not. Reads no file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Final

_CLASS: Final = re.compile(r"\[!?[^\[\]/!]+\]")
_HIDDEN: Final = re.compile(r"[\x00-\x1f\x7f]")


def problem(glob: str) -> str | None:
    """What is wrong with a glob and what to write instead; None where nothing is.

    A glob is written from the top of the repository. It knows ``*``, ``**``, ``?`` and ``[abc]``.
    """
    parts = glob.removesuffix("/").split("/")
    if glob == ".":
        return None
    if not glob or _HIDDEN.search(glob):
        return "it is empty or holds characters that cannot be seen"
    if glob.startswith(("/", "!")):
        return f"it may not begin with `{glob[0]}`; write the path from the top of the repository"
    if "\\" in glob or "{" in glob or "}" in glob:
        return "`\\`, `{` and `}` have no meaning in it; write one glob for each case"
    if any(part in ("", ".", "..") for part in parts):
        return "it holds `//`, `./` or `../`; write the path from the top of the repository"
    if re.search(r"[\[\]]", _CLASS.sub("", glob)):
        return "a `[` has no `]`, or nothing stands between them"
    return None


def covers(glob: str, path: str) -> bool:
    """Whether a path, or a directory that it lies in, is what the glob means."""
    if glob == ".":
        return True
    return _covers(glob.rstrip("/").split("/"), path.split("/") if path else [])


def covered(path: str, globs: Iterable[str]) -> bool:
    """Whether any of the globs means a path."""
    return any(covers(glob, path) for glob in globs)


def _covers(wanted: Sequence[str], given: Sequence[str]) -> bool:
    """Segment by segment: the numbers of segments of ``given`` that the pattern may have used."""
    reached = {0}
    for part in wanted:
        if part == "**":
            reached = set(range(min(reached), len(given) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(given) and fnmatchcase(given[at], part)}
        if not reached:
            return False
    return True
