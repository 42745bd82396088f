"""Each piece is done once, by whoever takes it, and what a process that dies took is missing."""

from __future__ import annotations

import subprocess
import sys

# Its own process, because a test's has threads, and those do not survive a fork.
_CREW = """
import os, sys, time
from bot.cli.crew import MOST_PIECES, worked_off

LONG = b"x" * 3_000_000

class Work:
    def done(self, piece):
        time.sleep(0.002)  # so that the others get at the pile
        return [(piece, "here")]

    def written(self, piece):
        if sys.argv[1] == "die":
            os._exit(3)
        return [b"%d" % piece, LONG] if sys.argv[1] == "long" else [b"%d" % piece]

    def read(self, line):
        assert line == LONG + b"\\n" or len(line) <= 4
        return (int(line), "there") if len(line) <= 4 else None

pieces = MOST_PIECES if sys.argv[1] == "many" else 8
found = worked_off(Work(), pieces, int(sys.argv[2]))
print(*sorted(piece for piece, _ in found))
"""


def _done(how: str, processes: int) -> list[int]:
    command = [sys.executable, "-c", _CREW, how, str(processes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return [*map(int, done.stdout.split())]


def test_each_piece_is_done_once() -> None:
    assert _done("plain", 1) == [*range(8)]
    assert _done("plain", 3) == [*range(8)]
    assert _done("many", 3) == [*range(255)]


def test_an_answer_may_be_longer_than_what_a_pipe_holds() -> None:
    assert _done("long", 3) == [*range(8)]


def test_only_what_a_dying_child_took_is_missing() -> None:
    found = _done("die", 2)
    assert len(set(found)) == len(found) >= 7
