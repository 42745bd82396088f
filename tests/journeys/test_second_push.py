"""More is pushed: nothing is said twice, and what is fixed is settled."""

from __future__ import annotations

from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_a_second_push_says_nothing_again(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    said = journey.said(pull)
    for number in range(3):
        journey.push({"README.md": f"Words {number}\n", "main.tf": f"# {number}\n{BUCKET}{OPEN}"})
        assert journey.check(pull).conclusion == "failure"
    assert journey.said(pull) == said
    assert journey.writes("review") == 1
    assert journey.writes("comment") == 1


def test_a_hand_made_fix_resolves_the_thread(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    (comment,) = journey.comments(pull)
    journey.push({"main.tf": BUCKET + BLOCK})
    assert journey.check(pull).conclusion == "success"
    assert comment.id in pull.resolved
