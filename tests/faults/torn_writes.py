"""A process that keeps deliveries in SQLite in children of its own, and kills each half-way.

``python -m tests.faults.torn_writes URL TIMES``: what was said to be kept goes to stdout.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

from bot.inbox import Inbox
from tests.service.queue import delivery

LONGEST = 0.01
"""Seconds after the last that was told; about as long as a write takes."""


def main(url: str, times: int) -> None:
    """One child after the other, each of which goes on where the last was killed."""
    chance, next_number = random.Random(8), 1
    for _ in range(times):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _keep(url, next_number, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="ascii") as told:
            kept = [told.readline() for _ in range(chance.randint(1, 2))]
            time.sleep(chance.uniform(0.0, LONGEST))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            kept += [line for line in told if line.endswith("\n")]
        sys.stdout.writelines(kept)
        next_number += len(kept) + 1  # the one that was torn may be there or not


def _keep(url: str, number: int, told: int) -> None:
    """Until it is killed; a number is told only once it is kept."""
    inbox = Inbox.open(url)
    while True:
        inbox.accept(delivery(number))
        os.write(told, f"{number}\n".encode())
        number += 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
