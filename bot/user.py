"""What the environment says of a person at a terminal. Loads nothing, as every command asks it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def user_cache(environment: Mapping[str, str]) -> Path | None:
    """Where a person's own runs keep the grammar's tables; None where they have no home.

    The operator's directory comes first, so that the tables warmed in an image serve every command.
    """
    if given := environment.get("LOCKSTITCH_CACHE_DIR"):
        return Path(given) / "grammar"
    try:
        base = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    return base / "lockstitch" / "grammar"


def wants_colour(environment: Mapping[str, str]) -> bool:
    """False where NO_COLOR is set, whatever it says (https://no-color.org)."""
    return "NO_COLOR" not in environment
