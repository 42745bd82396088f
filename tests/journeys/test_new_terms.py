"""The configuration of the base branch changes: what is proposed to it is judged again."""

from __future__ import annotations

from sqlalchemy import select

from bot.database import work
from bot.sandbox.pages import latest_check
from bot.sandbox.state import Pull
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

LENIENT = {".lockstitch.yml": b"fail_on: critical\n"}


def conclusion(journey: Journey, pull: Pull) -> str | None:
    check = latest_check(journey.repo, pull.head_sha)
    return check.conclusion if check else None


def test_an_open_pull_request_is_judged_by_it_without_a_push(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    assert journey.check(pull).conclusion == "failure"
    journey.sandbox.forge.push(journey.repo, "main", LENIENT, "Ask for less", "dana")
    journey.until(lambda: conclusion(journey, pull) == "success", "another verdict")
    assert journey.writes("review") == 1
    journey.sandbox.forge.push(journey.repo, "main", {".lockstitch.yml": None}, "Undo", "dana")
    journey.until(lambda: conclusion(journey, pull) == "failure", "the first verdict")
    assert journey.writes("review") == 1


def test_merging_it_counts_as_well(journey: Journey) -> None:
    forge, repo = journey.sandbox.forge, journey.repo
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    repo.git.branch("lenient", repo.git.head("main"))
    forge.push(repo, "lenient", LENIENT, "Ask for less", "dana")
    other = forge.open_pull(repo, "main", "lenient", "Ask for less", "dana")
    journey.until(lambda: conclusion(journey, other) == "success", "its own check")
    assert conclusion(journey, pull) == "failure"
    forge.close_pull(repo, other, "dana", merges=True)
    journey.until(lambda: conclusion(journey, pull) == "success", "another verdict")


def test_any_other_push_to_the_base_asks_for_nothing(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    forge = journey.sandbox.forge
    forge.push(journey.repo, "main", {"README.md": b"More.\n"}, "More", "dana")
    forge.hooks.settle()
    asked = select(work.c.key).where(work.c.key.like("branch:%"))
    with journey.inbox.engine.connect() as connection:
        assert connection.execute(asked).all() == []
