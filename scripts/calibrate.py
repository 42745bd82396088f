"""How good the inference of IAM resources is, on statements that people labelled.

    python -m scripts.calibrate [tuning|held-out|second|…|all]

Prints, for each service, how many suggestions there are, how many are right, how many of what is
meant are found, and Wilson's interval of the precision at 95 %. Weights are tuned on the one half
only. The labelled modules are other people's: ``LOCKSTITCH_TEST_LABELLED_MODULES`` names them.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator

from remediations.terraform.grammar import Grammar
from tests.iam.labelled import GIVEN, HALVES, given, labelled
from tests.iam.measuring import Outcome, outcomes, score

HEADER = f"{'service':16}{'suggested':>10}{'right':>7}{'meant':>7}{'precision':>11}{'recall':>8}"


def lines(half: str) -> Iterator[str]:
    """The table of one half."""
    found = tuple(outcomes(half, Grammar()))
    by_service: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        by_service[one.service].append(one)
    statements = sum(row.half == half for row in labelled())
    yield f"{half}: {statements} statements"
    yield HEADER
    for name, some in (*sorted(by_service.items()), ("all", [*found])):
        counted = score(some)
        low, high = counted.interval
        yield (
            f"{name:16}{counted.suggested:>10}{counted.right:>7}{counted.meant:>7}"
            f"{counted.precision:>11.1%}{counted.recall:>8.1%}  precision {low:.1%} to {high:.1%}"
        )
    for one in (one for one in found if one.suggested and not one.is_right):
        yield f"wrong: {one.row.module} {one.row.address} {one.service}: {one.said}"


def main(half: str) -> int:
    """1 where the modules are not given, else 0."""
    if given() is None:
        sys.stderr.write(f"set {GIVEN} to the directory with the labelled modules\n")
        return 1
    for name in HALVES if half == "all" else (half,):
        sys.stdout.write("\n".join(lines(name)) + "\n\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
