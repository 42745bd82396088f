"""A webhook's body as JSON, read leniently: what is not there is empty. Knows no forge."""

from __future__ import annotations

import json
from typing import Any


class Rejected(Exception):
    """The request is answered with ``status`` and nothing is kept."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def payload_of(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises ``Rejected``."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Rejected(400, "The body is not JSON.") from error
    if not isinstance(payload, dict):
        raise Rejected(400, "The body is not a JSON object.")
    return payload


def at(payload: Any, *path: str) -> Any:
    """What stands there, or None."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def text_at(payload: dict[str, Any], *path: str) -> str:
    """The text there, or an empty one."""
    found = at(payload, *path)
    return found if isinstance(found, str) else ""


def number_at(payload: dict[str, Any], *path: str) -> int:
    """The positive number there, or 0."""
    found = at(payload, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0
