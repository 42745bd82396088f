"""GitHub's merge queue makes a commit of its own and waits for the check on it."""

from __future__ import annotations

import pytest

from bot.sandbox import events
from bot.sandbox.pages import latest_check
from bot.sandbox.state import CheckRun
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


@pytest.fixture
def journey(on_github: Journey) -> Journey:
    return on_github


def concluded(journey: Journey, sha: str) -> CheckRun:
    def is_there() -> bool:
        check = latest_check(journey.repo, sha)
        return check is not None and check.status == "completed" and not journey.inbox.waiting()

    journey.until(is_there, "the group's check")
    check = latest_check(journey.repo, sha)
    assert check is not None
    return check


def test_the_group_gets_its_check_and_nothing_else(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"more.tf": 'variable "x" {}\n'})
    journey.check(pull)
    sha = events.queue(journey.sandbox.forge, journey.repo, pull, "dana")
    assert concluded(journey, sha).conclusion == "success"
    assert journey.writes("review") == journey.writes("comment") == 0


def test_what_is_open_is_told_in_the_check_alone(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    sha = events.queue(journey.sandbox.forge, journey.repo, pull, "dana")
    check = concluded(journey, sha)
    assert (check.conclusion, check.output["title"]) == ("failure", "1 finding to fix")
    assert "mended in its pull requests" in check.output["summary"]
    assert [note["path"] for note in check.annotations] == ["main.tf"]
    assert check.actions == []


def test_a_group_is_looked_at_again_when_somebody_asks(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    forge = journey.sandbox.forge
    sha = events.queue(forge, journey.repo, pull, "dana")
    concluded(journey, sha)
    before = len(journey.repo.checks)
    events.rerun_all(forge, journey.repo, sha, "dana")
    journey.until(lambda: len(journey.repo.checks) == before + 1, "another check")
    assert concluded(journey, sha).conclusion == "failure"
