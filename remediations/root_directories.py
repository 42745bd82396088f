"""Which directories are applied, by who calls whom. Reads no Terraform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TRIES: Final = frozenset({"example", "examples", "test", "tests", "fixtures"})


def root_directories(calls: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Directories that are applied, sorted: nobody calls them, but for examples and tests.

    ``calls`` says of each directory which others it calls; those need not be there. A circle of
    calls has no beginning, so its first directory counts as one.
    """
    called = {
        target
        for directory, targets in calls.items()
        for target in targets
        if target != directory and not _only_tries(directory, target)
    }
    pending = [directory for directory in calls if directory not in called]
    roots = list(pending)
    reached: set[str] = set()
    while True:
        while pending:
            directory = pending.pop()
            if directory not in reached:
                reached.add(directory)
                pending += [one for one in calls[directory] if one in calls]
        left = next((directory for directory in calls if directory not in reached), None)
        if left is None:
            return tuple(sorted(roots))
        roots.append(left)
        pending.append(left)


def _only_tries(directory: str, target: str) -> bool:
    """Whether a caller is an example or a test of what it calls, which is made for others."""
    is_below = not target or directory.startswith(f"{target}/")
    return is_below or not _TRIES.isdisjoint(directory.split("/"))
