"""Somebody resolves a thread, or opens it again: the records know at once, and nobody is told."""

from __future__ import annotations

from bot.ledger import Ledger
from bot.sandbox.state import Pull
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

SPOKEN = ("review", "comment", "reply", "check", "edit")


def became(journey: Journey, pull: Pull) -> list[str]:
    found = Ledger(journey.inbox.engine).standings(journey.ref(pull))
    return [one.became.value for one in found]


def test_the_records_follow_the_click(journey: Journey) -> None:
    """GitLab sends no webhook for it; there the next review writes it down."""
    forge, repo = journey.sandbox.forge, journey.repo
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    assert journey.check(pull).conclusion == "failure"
    (comment,) = journey.comments(pull)
    said = [journey.writes(what) for what in SPOKEN]
    for is_resolved, word in ((True, "dismissed"), (False, ""), (True, "dismissed")):
        forge.mark(repo, pull, comment.id, "dana", is_resolved=is_resolved)
        if not journey.has_check_runs:
            forge.comment(repo, pull, "dana", "/lockstitch recheck")
        journey.until(lambda word=word: became(journey, pull) == [word], word)  # type: ignore[misc] # mypy takes no default in a lambda for what it is
    assert [journey.writes(what) for what in SPOKEN] == said
    assert journey.check(pull).conclusion == "failure"  # what is resolved by hand still counts


def test_what_the_bot_settles_itself_stays_fixed(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    journey.push({"main.tf": BUCKET + BLOCK})
    assert journey.check(pull).conclusion == "success"
    journey.until(lambda: became(journey, pull) == ["accepted"], "the records")
    journey.sandbox.forge.hooks.settle()
    journey.until(lambda: journey.check(pull).status == "completed", "everything to be done")
    assert became(journey, pull) == ["accepted"]
