"""A beginning in time as people write it: a day, or how long ago. Knows no clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

HOW: Final = "a day (2026-11-30), or how long ago (30d, 12h)"

_AGO: Final = re.compile(r"(?P<count>\d{1,6})(?P<unit>[dh])\Z")
_SECONDS: Final = {"d": 86_400.0, "h": 3_600.0}


def since(text: str, now: float) -> float:
    """Seconds since 1970; a day begins at midnight UTC. Raises ``ValueError``."""
    ago = _AGO.match(text)
    if ago is not None:
        return now - int(ago["count"]) * _SECONDS[ago["unit"]]
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise ValueError(f"{text!r} is neither {HOW.replace(', or', ' nor')}.") from error
