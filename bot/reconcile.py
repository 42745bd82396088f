"""Finds what no webhook told: heads without a review, deliveries that failed. Does no work itself.

Knows the port and the inbox; asks for reviews, never makes one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .backlog import Backlog
from .deliveries import Wish
from .forge.port import Watchtower
from .inbox import Inbox

HEADS_EVERY: Final = 600.0
DELIVERIES_EVERY: Final = 300.0
_DAY: Final = 86_400.0
_KEPT: Final = 3 * _DAY
"""How long GitHub offers to deliver again."""
_LATELY: Final = 3_600.0
_GRACE: Final = 120.0
"""A webhook may take this long."""

_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Reconciler:
    """Looks far back the first time, and a little the next times."""

    inbox: Inbox
    tower: Watchtower
    wake: Callable[[int], None]
    clock: Callable[[], float] = field(default=time.time)
    is_over: Callable[[], bool] = lambda: False
    """Asked between two steps: the process may have been told to end."""
    _asked_again: float | None = None

    def heads(self) -> int:
        """Ask for a review of every open pull request whose head nobody has looked at; how many."""
        backlog, count = Backlog(self.inbox.engine, self.clock), 0
        now = self.clock()
        for pull in self.tower.recent_pulls(now - _DAY, now - _GRACE):
            if self.is_over():
                return count
            if not backlog.is_known(pull.ref, pull.head_sha):
                ref = pull.ref
                wish = Wish(ref.repository, ref.number, forge=ref.forge, for_head=True)
                self.wake(self.inbox.want(wish))
                count += 1
                _LOG.info("head without review pull=%s head=%s", pull.ref, pull.head_sha)
        return count

    def deliveries(self) -> int:
        """Ask for what failed to be delivered again; how many."""
        now = self.clock()
        since = now - (_KEPT if self._asked_again is None else _LATELY)
        asked = 0
        for one in self.tower.failed_deliveries(since):
            if self.is_over():
                return asked
            self.tower.redeliver(one)
            asked += 1
            _LOG.info("asked to deliver again delivery=%s", one.guid)
        self._asked_again = now
        return asked
