"""Whether there is anything to check, told before anything is loaded."""

from __future__ import annotations

import os

SAID = "Nothing to check: no Terraform here.\n"


def holds_nothing(path: str) -> bool:
    """Whether a directory has no file that could matter, and none that cannot be seen."""
    if not os.path.isdir(path):
        return False
    try:
        for here, folders, names in os.walk(path, onerror=_refuse):
            if any(".tf" in name or ".tofu" in name or name[0] == "." for name in names):
                return False
            if any(os.path.islink(os.path.join(here, folder)) for folder in folders):
                return False
    except OSError:
        return False
    return True


def _refuse(error: OSError) -> None:
    raise error
