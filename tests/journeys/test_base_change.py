"""Another branch is to receive the change: what is new is judged against that one."""

from __future__ import annotations

from bot.sandbox import events
from bot.sandbox.pages import latest_check
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_what_the_new_base_has_already_is_old_debt(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    assert journey.check(pull).conclusion == "failure"
    forge, repo = journey.sandbox.forge, journey.repo
    repo.git.branch("next", pull.head_sha)
    journey.push({"more.tf": 'variable "x" {}\n'})
    journey.check(pull)
    checks = len(repo.checks)
    events.change_base(forge, repo, pull, "next", "dana")
    journey.until(lambda: len(repo.checks) == checks + 1, "a check for the new base")
    assert journey.check(pull).conclusion == "success"
    assert journey.writes("review") == 1
    check = latest_check(repo, pull.head_sha)
    assert check is not None
    assert "stood here before this change" in check.output["summary"]
