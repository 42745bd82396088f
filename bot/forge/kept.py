"""Answers of a forge that are kept for a while, by path. Bounded; knows no forge."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import MutableMapping
from threading import Lock
from typing import Any

Kept = MutableMapping[str, Any]
"""Answers that never change, by path."""


class Recent(OrderedDict[str, Any]):
    """The answers used last; bounded."""

    def __init__(self, most: int = 32) -> None:
        super().__init__()
        self.most = most
        self._lock = Lock()

    def __setitem__(self, path: str, answer: Any) -> None:
        with self._lock:
            super().__setitem__(path, answer)
            self.move_to_end(path)
            while len(self) > self.most:
                self.popitem(last=False)
