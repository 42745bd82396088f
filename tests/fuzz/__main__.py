"""``make fuzz``: so many random texts at each door. Ends with 1 at the first crash."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import doors

DOORS: Final[dict[str, tuple[Callable[..., None], int, tuple[st.SearchStrategy[Any], ...]]]] = {
    "webhooks": (doors.webhook, 10, (doors.BODIES, doors.EVENTS, st.text(max_size=30))),
    "gitlab webhooks": (
        doors.gitlab_webhook,
        10,
        (doors.BODIES, doors.HOOKS, st.text(max_size=30)),
    ),
    "signatures": (doors.signature, 10, (st.text(max_size=90), st.binary(max_size=60))),
    "configurations": (doors.configuration, 4, (doors.CONFIGURATIONS,)),
    "terraform": (doors.judged, 1, (doors.terraform(),)),
    "policies": (doors.judged, 1, (doors.policy(),)),
}
"""What to call, how many times as often as the slowest, and with what."""


def fuzz(name: str, cases: int, seed: int | None) -> int:
    """How many were tried. Raises what the door raised, with the smallest text that does."""
    door, weight, wanted = DOORS[name]
    tried = 0

    def once(values: tuple[Any, ...]) -> None:
        nonlocal tried
        tried += 1
        door(*values)

    bounded = settings(
        max_examples=cases * weight,
        deadline=None,
        derandomize=seed is not None,
        suppress_health_check=list(HealthCheck),  # large and slow inputs are what is looked for
    )
    bounded(given(st.tuples(*wanted))(once))()
    return tried


def main() -> int:
    """Every door in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("door", nargs="*", help=f"of {', '.join(DOORS)}; all where none is named")
    parser.add_argument("--cases", type=int, default=2_000, help="for the slowest door")
    parser.add_argument("--seed", type=int, help="any number: the same cases every time")
    given_options = parser.parse_args()
    for name in given_options.door or DOORS:
        began = time.monotonic()
        tried = fuzz(name, given_options.cases, given_options.seed)
        seconds = time.monotonic() - began
        sys.stdout.write(f"{name}: {tried} cases in {seconds:.0f} s, crashes: 0\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
