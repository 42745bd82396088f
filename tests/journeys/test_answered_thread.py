"""People answer, resolve or bring something back; their threads stay theirs."""

from __future__ import annotations

from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

BASE, HEAD = {"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN}


def test_an_answered_thread_is_left_alone(journey: Journey) -> None:
    pull = journey.open(BASE, HEAD)
    journey.check(pull)
    (comment,) = journey.comments(pull)
    journey.sandbox.forge.reply(
        journey.repo, pull, comment.id, "dana", "We talk about it on Monday."
    )
    journey.push({"main.tf": BUCKET + BLOCK})
    assert journey.check(pull).conclusion == "success"
    assert len(pull.thread(comment.id)) == 2
    assert comment.id not in pull.resolved


def test_what_a_person_resolved_is_not_said_again_and_still_counts(journey: Journey) -> None:
    pull = journey.open(BASE, HEAD)
    journey.check(pull)
    (comment,) = journey.comments(pull)
    journey.sandbox.forge.mark(journey.repo, pull, comment.id, "dana", is_resolved=True)
    journey.push({"more.tf": 'variable "x" {}\n'})
    assert journey.check(pull).conclusion == "failure"
    assert journey.writes("review") == 1
    assert len(pull.thread(comment.id)) == 1
    assert comment.id in pull.resolved


def test_what_was_fixed_and_comes_back_opens_its_thread(journey: Journey) -> None:
    pull = journey.open(BASE, HEAD)
    journey.check(pull)
    (comment,) = journey.comments(pull)
    for text, words in ((BLOCK, "Fixed in"), (OPEN, "This is here again since")):
        journey.push({"main.tf": BUCKET + text})
        journey.check(pull)
        assert pull.thread(comment.id)[-1].body.startswith(f"{words} {pull.head_sha[:12]}.")
        assert (comment.id in pull.resolved) == (text == BLOCK)
    assert journey.writes("review") == 1
