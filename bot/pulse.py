"""A file that a loop touches while it goes round. Knows no loop, and nobody who looks."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

INTERVAL: Final = 5.0
"""Seconds between beats; whoever watches should wait for many."""

_LOG: Final = logging.getLogger(__name__)


def beat(path: Path) -> None:
    """Touch the file. A full or read-only disk is said and stops no work."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        _LOG.warning("pulse not written path=%s reason=%s", path, error.strerror)
