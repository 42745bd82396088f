"""How a process of ours ends: by which signals, and how soon. Knows no work that it could stop.

A handler only puts a number into a queue, which may happen while it does so. An event, or the start
of a thread, would lock itself out where a second signal comes in the middle of the first one.
"""

from __future__ import annotations

import os
import signal
import threading
from queue import SimpleQueue
from types import FrameType
from typing import Final

from bot.settings import Settings

LAST_SECONDS: Final = 6.0
"""For what comes after the work that was let go on, at the most."""


def end_in_time(settings: Settings) -> None:
    """Whatever a thread of this process waits for, a forge that says nothing for example: it ends
    before whoever stops it loses patience. What is not done by then is done after the next start.
    """
    ending = threading.Timer(settings.drain + LAST_SECONDS, os._exit, (0,))
    ending.daemon = True
    ending.start()


def wait_for_signal() -> None:
    """Sleep until SIGTERM or SIGINT, however many of them come."""
    _signals().get()


def told_by_signal(settings: Settings) -> threading.Event:
    """An event that is set with the first SIGTERM or SIGINT, for whoever has work until then; from
    there on the process ends in time.
    """
    signals, told = _signals(), threading.Event()

    def tell() -> None:
        signals.get()
        end_in_time(settings)
        told.set()

    threading.Thread(target=tell, name="ending", daemon=True).start()
    return told


def _signals() -> SimpleQueue[int]:
    """Each SIGTERM and SIGINT from now on. For the main thread alone, as ``signal`` asks."""
    come: SimpleQueue[int] = SimpleQueue()

    def put(number: int, _frame: FrameType | None) -> None:
        come.put(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, put)
    return come
