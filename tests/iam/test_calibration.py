"""What is suggested is what a person says is meant: on both halves of the labelled statements.

The held-out half was run once before the last rules were made; ``calibration/README.md`` has that
figure, which is the honest one. Since then this test only holds what was reached.
"""

from __future__ import annotations

import pytest

from remediations.terraform.grammar import Grammar

from .labelled import GIVEN, given
from .measuring import Score, outcomes, score

pytestmark = pytest.mark.skipif(
    given() is None, reason=f"other people's modules are not in this repository; set {GIVEN}"
)


@pytest.mark.parametrize("half", ["tuning", "held-out"])
def test_what_is_suggested_is_meant(half: str, grammar: Grammar) -> None:
    found = tuple(outcomes(half, grammar))
    wrong = [
        f"{one.row.module} {one.row.address}: {one.said}"
        for one in found
        if one.suggested and not one.is_right
    ]
    assert wrong == []
    assert score(found).recall >= 0.4
    assert score(found).suggested > 12


def test_the_interval_is_wilsons() -> None:
    low, high = Score(suggested=100, right=98, meant=200).interval
    assert (round(low, 3), round(high, 3)) == (0.930, 0.994)
