"""How far a long run has come, for a person who waits at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Final

FROM: Final = 200
"""Fewer files than this are read before anybody wonders."""


class Shown(Mapping[str, bytes]):
    """The same files; each one that is taken moves a line on standard error."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._taken = 0

    def __getitem__(self, path: str) -> bytes:
        self._taken += 1
        total = len(self._files)
        if self._taken % 50 == 0 or self._taken == total:
            say_read(self._taken, total)
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def say_read(taken: int, total: int) -> None:
    """Move the line; clear it when all are read."""
    end = "\r\033[K" if taken == total else ""
    sys.stderr.write(f"\rReading {taken} of {total} files{end}")
    sys.stderr.flush()


def is_seen(total: int) -> bool:
    """Whether somebody can see a line that moves, and it takes long enough to matter."""
    return total > FROM and sys.stderr.isatty()


def shown(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """With a line that moves, where that is seen."""
    return Shown(files) if is_seen(len(files)) else files
