"""A draft gets its check; comments wait until its author calls for a review."""

from __future__ import annotations

from bot.sandbox import events
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_comments_come_when_it_is_ready(journey: Journey) -> None:
    head = {"main.tf": BUCKET + OPEN}
    pull = journey.open({"main.tf": BUCKET + BLOCK}, head, is_draft=True)
    check = journey.check(pull)
    assert check.conclusion == "failure"
    if journey.has_check_runs:
        assert "This is a draft, so there are no comments yet." in check.output["summary"]
        assert [note["path"] for note in check.annotations] == ["main.tf"]
    assert journey.writes("review") == journey.writes("comment") == 0

    forge = journey.sandbox.forge
    forge.mark_ready(journey.repo, pull, "dana")
    journey.until(lambda: len(journey.comments(pull)) == 1, "the comment")
    journey.check(pull)
    assert journey.writes("comment") == 1

    events.make_draft(forge, journey.repo, pull, "dana")
    journey.push({"main.tf": BUCKET + BLOCK})
    assert journey.check(pull).conclusion == "success"
    assert journey.comments(pull)[0].id in pull.resolved
