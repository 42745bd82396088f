"""65 findings: 30 conversations at a time, everything else in the check and the summary."""

from __future__ import annotations

from tests.journeys.conftest import Journey
from tests.journeys.terraform import OPEN


def text(count: int) -> str:
    names = [f"d{number}" for number in range(count)]
    return "\n".join(OPEN.replace('"data"', f'"{n}"').replace(".data.", f".{n}.") for n in names)


def test_nothing_is_dropped_and_nobody_is_buried(journey: Journey) -> None:
    pull = journey.open({"README.md": "x\n"}, {"main.tf": text(65)})
    check = journey.check(pull)
    assert (check.conclusion, check.output["title"]) == ("failure", "65 findings to fix")
    assert len(journey.comments(pull)) == 30
    assert len(check.annotations) == (35 if journey.has_check_runs else 0)
    assert check.output["text"].count("| `s3-public-access-block-off` |") == 65
    (summary,) = pull.conversation.values()
    assert f"35 findings {journey.elsewhere}" in summary.body
    assert journey.writes("review") == 1

    journey.push({"README.md": "y\n"})
    journey.check(pull)
    assert journey.writes("review") == 1, "a push that changes nothing brings no more of them"

    before = pull.head_sha
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert journey.check(pull).conclusion == "success"
    assert {comment.id for comment in journey.comments(pull)} == pull.resolved


def test_what_the_forge_does_not_keep_is_told_in_the_check(journey: Journey) -> None:
    journey.sandbox.forge.world.loses = ".d1`"
    pull = journey.open({"README.md": "x\n"}, {"main.tf": text(3)})
    check = journey.check(pull)
    assert len(journey.comments(pull)) == 2
    if journey.has_check_runs:
        (note,) = check.annotations
        assert "`aws_s3_bucket_public_access_block.d1`" in note["message"]
    (summary,) = pull.conversation.values()
    assert f"1 finding {journey.elsewhere}" in summary.body
