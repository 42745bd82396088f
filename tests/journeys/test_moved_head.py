"""Somebody pushes while the review is being written."""

from __future__ import annotations

from bot import pipeline
from bot.ended import Ended
from bot.engine import LocalEngine
from bot.forge.github import GitHub
from bot.forge.github_api import AppCredentials
from bot.forge.port import PullRef, PullRequest
from bot.sandbox.pages import latest_check
from bot.sandbox.shapes import APP_ID
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

REF = PullRef("github", "acme/ml", 1)


class Meddling(GitHub):
    """A forge on which somebody pushes while the review is being written."""

    def __init__(self, journey: Journey) -> None:
        credentials = AppCredentials(APP_ID, journey.sandbox.private_key)
        super().__init__(journey.sandbox.api_url, credentials, "acme/ml", pause=0)
        self.journey = journey
        self.is_over = False

    def merge_base(self, pull: PullRequest) -> str:
        found = super().merge_base(pull)
        if not self.is_over:
            self.is_over = True
            self.journey.push({"more.tf": 'variable "x" {}\n'})
        return found


def reviewer(grammar: Grammar) -> pipeline.Reviewer:
    return pipeline.Reviewer(LocalEngine(grammar), Profile())


def test_a_head_that_moved_gets_no_words_on_the_old_one(journey: Journey, grammar: Grammar) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"README.md": "x\n"})
    journey.check(pull)
    journey.push({"main.tf": BUCKET + OPEN})
    old = pull.head_sha
    journey.check(pull)
    said = journey.writes("review")
    outcome = pipeline.review(Meddling(journey), REF, reviewer(grammar), "by-hand")
    assert outcome.ended is Ended.SUPERSEDED
    (check,) = [c for c in journey.repo.checks.values() if c.external_id == "by-hand"]
    assert (check.head, check.conclusion) == (old, "cancelled")
    assert journey.writes("review") == said
    assert journey.check(pull).head == pull.head_sha


def test_an_error_that_stays_concludes_the_check(journey: Journey) -> None:
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    journey.check(pull)
    forge = Meddling(journey)
    reviewer = pipeline.Reviewer(LocalEngine(Grammar.load()), Profile())
    pipeline.could_not_review(forge, REF, reviewer, "by-hand", "The forge was away.")
    check = latest_check(journey.repo, pull.head_sha)
    assert check is not None
    assert (check.conclusion, check.output["title"]) == ("failure", "Could not review")
