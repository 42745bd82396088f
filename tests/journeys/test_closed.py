"""A pull request ends while somebody still asks."""

from __future__ import annotations

from bot import pipeline
from bot.deliveries import Wish
from bot.ended import Ended
from bot.sandbox import events
from bot.sandbox.pages import latest_check
from remediations.terraform.grammar import Grammar
from tests.journeys.conftest import Journey
from tests.journeys.meddling import meddling, reviewer
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


def test_closed_while_it_is_reviewed(journey: Journey, grammar: Grammar) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"README.md": "x\n"})
    journey.check(pull)
    journey.push({"main.tf": BUCKET + OPEN})
    journey.check(pull)
    said = journey.writes("review")
    forge = meddling(
        journey, pull, lambda: journey.sandbox.forge.close_pull(journey.repo, pull, "dana")
    )
    outcome = pipeline.review(
        forge, journey.ref(pull), reviewer(grammar), pipeline.Run.alone("by-hand")
    )
    assert outcome.ended is Ended.CLOSED
    check = latest_check(journey.repo, pull.head_sha)
    assert check is not None
    assert (check.conclusion, check.output["title"]) == ("cancelled", "Closed")
    assert journey.writes("review") == said


def test_opened_again_it_is_reviewed_at_its_head(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"README.md": "x\n"})
    journey.check(pull)
    forge = journey.sandbox.forge
    forge.close_pull(journey.repo, pull, "dana")
    journey.push({"main.tf": BUCKET + OPEN})
    forge.reopen_pull(journey.repo, pull, "dana")
    # A run that began in between ends as superseded, on the same head.
    journey.until(lambda: journey.check(pull).conclusion != "cancelled", "the last word")
    assert journey.check(pull).conclusion == "failure"
    assert len(journey.comments(pull)) == 1


def test_an_archived_repository_is_left_in_peace(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"README.md": "x\n"})
    journey.check(pull)
    checks = len(journey.repo.checks)
    events.archive(journey.sandbox.forge, journey.repo)
    journey.push({"main.tf": BUCKET + OPEN})
    journey.inbox.want(Wish("acme/ml", pull.number))
    journey.rest()
    assert len(journey.repo.checks) == checks
