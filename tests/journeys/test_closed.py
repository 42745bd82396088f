"""A pull request ends while somebody still asks."""

from __future__ import annotations

from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_a_closed_pull_request_is_left_alone(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    journey.sandbox.forge.close_pull(journey.repo, pull, "dana")
    before = len(journey.sandbox.forge.world.writes)
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: journey.writes("comment") == 2, "an answer")
    # The command, the eyes on it, and the answer.
    assert len(journey.sandbox.forge.world.writes) == before + 3
