"""Processes that take pieces of work from one pile, each the next one when it has time for it.

Knows nothing of the work. Trusts its children, which know what this process knew when they began.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from typing import Final, Protocol, TypeVar

T = TypeVar("T")
MOST_PIECES: Final = 255
"""Each piece is one byte in a pipe, and reading a byte of a pipe is taking it: nobody else can."""

_ROOM: Final = 1024 * 1024


class Work(Protocol[T]):
    """What there is to do, piece by piece."""

    def done(self, piece: int) -> list[T]:
        """What comes of a piece."""

    def written(self, piece: int) -> list[bytes]:
        """The same, each as one line without its end, for another process."""

    def read(self, line: bytes) -> T | None:
        """What was written; None where it is cut short."""


def worked_off(work: Work[T], pieces: int, processes: int) -> list[T]:
    """What came of the pieces, in no order. That of a process that died is not there."""
    pile, filling = os.pipe()
    os.write(filling, bytes(range(pieces)))
    os.close(filling)
    children = [_begun(work, pile) for _ in range(min(processes, pieces) - 1)]
    # Not before the last child has begun: threads do not survive a fork.
    answers = [_Answers(*child) for child in children]
    found: list[T] = []
    for piece in _taken(pile):
        found += work.done(piece)
        # Read as it comes, so that little is left to read when the last piece is done.
        for answer in answers:
            found += _read(work, answer.so_far())
    os.close(pile)
    for answer in answers:
        found += _read(work, answer.rest())
    return found


def _taken(pile: int) -> Iterator[int]:
    while taken := os.read(pile, 1):
        yield taken[0]


def _read(work: Work[T], lines: Iterator[bytes]) -> Iterator[T]:
    for line in lines:
        one = work.read(line)
        if one is not None:
            yield one


def _begun(work: Work[T], pile: int) -> tuple[int, int]:
    """A child at work, and where its answers can be read. It ends when the pile is empty."""
    reader, writer = os.pipe()
    _widen(writer)
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    code = 1
    try:
        os.close(reader)
        with os.fdopen(writer, "wb") as answers:
            for piece in _taken(pile):
                answers.writelines(line + b"\n" for line in work.written(piece))
                answers.flush()
        code = 0
    finally:
        os._exit(code)  # whatever went wrong: the piece is missing, and the parent sees that


def _widen(pipe: int) -> None:
    """A parent in the middle of its own piece reads late, so a child leaves its answer there."""
    if sys.platform == "linux":
        from fcntl import F_SETPIPE_SZ, fcntl

        with suppress(OSError):
            fcntl(pipe, F_SETPIPE_SZ, _ROOM)


class _Answers:
    """The lines of a child, taken from its pipe as they come, so that it never has to wait."""

    def __init__(self, pid: int, reader: int) -> None:
        self._pid, self._reader = pid, reader
        self._lines: deque[bytes] = deque()
        self._thread = Thread(target=self._hear, daemon=True)
        self._thread.start()

    def _hear(self) -> None:
        with os.fdopen(self._reader, "rb", _ROOM) as pipe:
            self._lines.extend(pipe)

    def so_far(self) -> Iterator[bytes]:
        while self._lines:
            yield self._lines.popleft()

    def rest(self) -> Iterator[bytes]:
        self._thread.join()
        os.waitpid(self._pid, 0)
        return self.so_far()
