"""``make soak``: hours of trouble in less than one. Not part of ``make test``.

``python -m tests.faults.soak [kills] [burst] [machine] [--short]``
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import servers
from tests.faults.burst import drain
from tests.faults.kill_run import KillRun, endure
from tests.faults.machine import Life
from tests.faults.product import embedded, production


def say(text: str) -> None:
    """On the terminal, with the time."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


def kills(*, is_short: bool) -> None:
    """4,000 deliveries with 40 kills, in both shapes."""
    run = KillRun(400, 6) if is_short else KillRun(4_000, 40, patience=1_200)
    with tempfile.TemporaryDirectory() as scratch, embedded(Path(scratch)) as product:
        endure(product, run, say)
    say(f"embedded: {run.deliveries} deliveries, {run.kills} kills, none lost, nothing twice")
    with (
        tempfile.TemporaryDirectory() as scratch,
        servers.redis(Path(scratch)) as broker,
        servers.postgres() as database,
        production(Path(scratch), servers.empty_database(database), broker) as product,
    ):
        endure(product, run, say)
    say(f"production: {run.deliveries} deliveries, {run.kills} kills, none lost, nothing twice")


def burst(*, is_short: bool) -> None:
    """500 pull requests of one owner at once, and one of another."""
    count, factor = (24, 4.0) if is_short else (500, 20.0)
    with tempfile.TemporaryDirectory() as scratch:
        drained = drain(Path(scratch), count, factor, say, patience=3_600)
    say(f"{count} at once: drained in {drained.seconds / 60:.0f} minutes of the forge's time")
    say(f"conclusions: {drained.conclusions}; the quiet one waited {drained.quiet_seconds:.0f} s")
    say(f"refused by the forge: {drained.refusals}; writes {drained.shortest_gap:.2f} s apart")
    assert drained.refusals == 0
    assert drained.quiet_seconds < 60
    assert sum(drained.conclusions.values()) == count
    assert set(drained.conclusions) <= {"success", "failure"}


def machine(*, is_short: bool) -> None:
    """Random lives held against the model."""
    lives, steps = (4, 12) if is_short else (40, 25)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),  # a life takes minutes, and is meant to
            derandomize=True,
            phases=[Phase.generate],  # kills meet what they meet: a smaller life says nothing
        ),
    )
    say(f"{lives} random lives of {steps} steps: the model holds")


PARTS = {"kills": kills, "burst": burst, "machine": machine}


def main() -> int:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--short", action="store_true", help="a few minutes")
    given = parser.parse_args()
    # Whoever ends it early leaves no process of the product behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for name in given.part or PARTS:
        say(f"{name} begins")
        PARTS[name](is_short=given.short)
    return 0


if __name__ == "__main__":
    sys.exit(main())
