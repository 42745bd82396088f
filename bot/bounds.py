"""What is read of a repository: which names, how many files, how many bytes. Reads nothing."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_FILES: Final = 5_000
MAX_TOTAL_BYTES: Final = 50 * 1024 * 1024

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def is_ordinary(path: str) -> bool:
    """False for names that no honest tree holds: absolute, climbing, or with hidden characters."""
    if "\\" in path or any(part in ("", ".", "..", ".git") for part in path.split("/")):
        return False
    if path.isprintable():
        return True
    return not any(unicodedata.category(char) in _HIDDEN for char in path)
