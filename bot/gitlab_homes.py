"""Where the bot is at home on GitLab: what a system hook says of names that change. Pure.

Hooks of projects and groups do not tell of it (https://docs.gitlab.com/administration/system_hooks/).
"""

from __future__ import annotations

import re
from typing import Any, Final

from .homes import HomeChange, Left, Moved
from .payloads import text_at

_PLACE: Final = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\Z")


def read(event: str, payload: dict[str, Any]) -> tuple[HomeChange, ...]:
    """What changed; nothing where that is not what the delivery is about."""
    match event:
        case "project_rename" | "project_transfer":
            return _moved(payload, "old_path_with_namespace", "path_with_namespace")
        case "group_rename":
            return _moved(payload, "old_full_path", "full_path")
        case "project_destroy":
            place = text_at(payload, "path_with_namespace")
            return (Left(place),) if _PLACE.match(place) else ()
    return ()


def _moved(payload: dict[str, Any], old: str, new: str) -> tuple[HomeChange, ...]:
    before, after = text_at(payload, old), text_at(payload, new)
    is_said = bool(_PLACE.match(before) and _PLACE.match(after)) and before != after
    return (Moved(before, after),) if is_said else ()
