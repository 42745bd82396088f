"""Somebody pushes while the review is being written."""

from __future__ import annotations

from functools import partial

from bot import pipeline
from bot.answer import Answered, Asked, answer
from bot.commands import Command, Verb
from bot.ended import Ended
from bot.sandbox.pages import latest_check
from remediations.terraform.grammar import Grammar
from tests.journeys.conftest import Journey
from tests.journeys.meddling import meddling, reviewer
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

MORE = {"more.tf": 'variable "x" {}\n'}


def test_a_head_that_moved_gets_no_words_on_the_old_one(journey: Journey, grammar: Grammar) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"README.md": "x\n"})
    journey.check(pull)
    journey.push({"main.tf": BUCKET + OPEN})
    old = pull.head_sha
    journey.check(pull)
    said = journey.writes("review")
    outcome = pipeline.review(
        meddling(journey, pull, lambda: journey.push(MORE)),
        journey.ref(pull),
        reviewer(grammar),
        pipeline.Run.alone("by-hand"),
    )
    assert outcome.ended is Ended.SUPERSEDED
    check = latest_check(journey.repo, old)
    assert check is not None
    assert check.conclusion == "cancelled"
    assert journey.writes("review") == said
    assert journey.check(pull).head == pull.head_sha


def test_an_error_that_stays_concludes_the_check(journey: Journey, grammar: Grammar) -> None:
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    journey.check(pull)
    forge = meddling(journey, pull, lambda: journey.push(MORE))
    pipeline.could_not_review(
        forge, journey.ref(pull), reviewer(grammar), "by-hand", "The forge was away."
    )
    check = latest_check(journey.repo, pull.head_sha)
    assert check is not None
    assert (check.conclusion, check.output["title"]) == ("failure", "Could not review")


def test_a_command_on_a_head_that_moved_writes_nothing_and_says_so(
    journey: Journey, grammar: Grammar
) -> None:
    pull = journey.open({"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None})
    journey.check(pull)
    asked = Asked(journey.ref(pull), Command(Verb.FIX), "dana", key="by-hand")
    forge = meddling(journey, pull, lambda: journey.push(MORE))
    assert answer(forge, asked, reviewer(grammar)) is Answered.REVIEW_AGAIN
    assert journey.writes("commit") == 0
    said = list(pull.conversation.values())[-1].body
    assert said.startswith("Somebody pushed meanwhile, so nothing was written.")


def test_a_branch_that_takes_no_commits_gets_a_pull_request(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None})
    journey.check(pull)
    journey.repo.protected.add("change")
    forge = journey.sandbox.forge

    def said() -> list[str]:
        return [one.body for one in pull.conversation.values() if "takes no commits" in one.body]

    for count in (1, 2):
        forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
        journey.until(partial(lambda wanted: len(said()) == wanted, count), "the answer")
    place = "/acme/ml/pull/2" if journey.has_check_runs else "/acme/ml/-/merge_requests/2"
    assert all(place in one for one in said())
    proposed = journey.repo.pulls[2]
    assert (proposed.base, proposed.author) == ("change", journey.bot)
    assert BLOCK.splitlines()[0] in journey.file(proposed, "main.tf")
    assert journey.writes("pull") == 1
