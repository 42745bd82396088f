"""Acknowledges commands the moment they are known: a reaction on the comment, before any work.

Has threads, clients and tokens of its own, so that it waits neither for a review that runs, nor
for the rows of anybody else, nor for the pace of other writes. Knows no queue and does no work.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from .database import DatabaseAway
from .forge.kept import Recent
from .forge.port import Forge
from .greetings import Greetings, Unseen
from .hosts import open_forge
from .pace import Pace
from .settings import Settings
from .stages import stage

LOOK_EVERY: Final = 0.25
"""Seconds between two looks where nobody rings."""
_THREADS: Final = 4
_MAX_FORGES: Final = 256

_LOG: Final = logging.getLogger(__name__)


class Greeter:
    """One a process that holds credentials. What it fails at is said by whoever does the work."""

    def __init__(
        self, greetings: Greetings, settings: Settings, pace: Pace, every: float = LOOK_EVERY
    ) -> None:
        self._greetings, self._settings, self._pace = greetings, settings, pace
        self._every = every
        self._forges = Recent(_MAX_FORGES)
        self._bell = threading.Event()
        self._is_stopping = False
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="greeter")
        self._thread = threading.Thread(target=self._look, name="greeter", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def ring(self) -> None:
        """There may be somebody new."""
        self._bell.set()

    def stop(self) -> None:
        """Begin with nobody new; returns at once."""
        self._is_stopping = True
        self._bell.set()

    def close(self) -> None:
        """Wait until what is being said is said, which the client's own timeout bounds."""
        self._thread.join()
        self._pool.shutdown(wait=True)

    def _look(self) -> None:
        while not self._is_stopping:
            try:
                for one in self._greetings.take():
                    self._pool.submit(self._greet, one).add_done_callback(_told(one))
            except DatabaseAway as error:
                _LOG.warning("nobody greeted reason=%s", type(error).__name__)
            self._bell.wait(self._every)
            self._bell.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _greet(self, one: Unseen) -> None:
        with stage("greet"), self._pace.turn(one.owner, f"greeting.{one.row}", is_urgent=True):
            self._forge(one).acknowledge(one.ref, one.comment_id, inline=one.is_inline)
        self._greetings.said(one.row)

    def _forge(self, one: Unseen) -> Forge:
        key = f"{one.ref.forge}:{one.ref.repository}"
        held: Forge | None = self._forges.get(key)
        if held is None:
            held = open_forge(
                self._settings, one.ref, pacer=self._pace, installation=one.installation
            )
            self._forges[key] = held
        return held


def _told(one: Unseen) -> Callable[[Future[None]], None]:
    """Whatever it raises ends up here: the command is done all the same."""

    def tell(made: Future[None]) -> None:
        error = None if made.cancelled() else made.exception()
        if error is not None:
            _LOG.warning("not greeted pull=%s reason=%s", one.ref, error, exc_info=error)

    return tell
