"""What became of each offer, as the records tell it afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.ledger import Ledger
from bot.sandbox.state import Pull
from tests.journeys.conftest import Journey, begin
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

BASE = {"main.tf": BUCKET + BLOCK}
TWICE = OPEN.replace("ignore_public_acls      = true", "ignore_public_acls      = false")


@pytest.fixture(scope="module", params=["github", "gitlab"])
def running(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Journey]:
    with begin("embedded", tmp_path_factory.mktemp("records"), request.param) as started:
        yield started


@pytest.fixture
def journey(running: Journey, request: pytest.FixtureRequest) -> Journey:
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).rstrip("-")
    repo = running.sandbox.forge.create_repository(f"acme/{name}", {"dana": "write"})
    return replace(running, repo=repo)


def told(journey: Journey, pull: Pull) -> list[tuple[str, str, str]]:
    """How each finding was offered, what became of it, and by what means."""
    found = Ledger(journey.inbox.engine).standings(journey.ref(pull))
    return sorted((one.offered, one.became.value, one.means) for one in found)


def offered(journey: Journey, pull: Pull) -> list[tuple[str, str, str]]:
    """The same, once the review has been written down."""
    journey.check(pull)
    journey.until(lambda: all(offer for offer, _, _ in told(journey, pull)), "the records")
    found = told(journey, pull)
    assert found
    assert {became for _, became, _ in found} == {""}
    return found


def until(journey: Journey, pull: Pull, *wanted: tuple[str, str, str]) -> None:
    def is_told() -> bool:
        return told(journey, pull) == sorted(wanted)

    try:
        journey.until(is_told, "the records")
    except AssertionError:
        raise AssertionError(told(journey, pull)) from None


def test_a_suggestion_taken_with_the_button_is_accepted(journey: Journey) -> None:
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    until(journey, pull, ("suggestion", "", ""))
    (comment,) = journey.comments(pull)
    journey.sandbox.forge.apply_suggestion(journey.repo, pull, comment.id, "dana")
    until(journey, pull, ("suggestion", "accepted", "suggestion"))


def test_the_same_bytes_by_hand_are_accepted_by_hand(journey: Journey) -> None:
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    journey.push({"main.tf": "# said above\n" + BUCKET + BLOCK, "README.md": "More.\n"})
    until(journey, pull, ("suggestion", "accepted", "by hand"))


def test_the_same_argument_set_otherwise_is_edited(journey: Journey) -> None:
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    by_hand = OPEN.replace(
        "block_public_acls       = false", "block_public_acls = !false # mine", 1
    )
    journey.push({"main.tf": BUCKET + by_hand})
    until(journey, pull, ("suggestion", "edited", "by hand"))


def test_a_resource_taken_away_is_another_way(journey: Journey) -> None:
    pull = journey.open({"main.tf": "# nothing\n"}, {"main.tf": BUCKET + OPEN})
    before = offered(journey, pull)
    journey.push({"main.tf": "# nothing\n", "README.md": "More.\n"})
    until(journey, pull, *((offer, "otherwise", "by hand") for offer, _, _ in before))


def test_a_commit_of_the_bots_own_is_accepted_though_it_joins_fixes(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None})
    journey.check(pull)
    until(journey, pull, ("commit", "", ""))
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    until(journey, pull, ("commit", "accepted", "commit"))


def test_a_fix_taken_back_is_open_again_and_nobody_dismissed_it(journey: Journey) -> None:
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    journey.push({"main.tf": BUCKET + BLOCK})
    until(journey, pull, ("suggestion", "accepted", "by hand"))
    journey.push({"main.tf": BUCKET + OPEN})
    until(journey, pull, ("suggestion", "", ""))
    journey.push({"README.md": "More.\n"})
    journey.check(pull)
    until(journey, pull, ("suggestion", "", ""))


def test_a_thread_that_a_person_resolved_is_dismissed_and_stays_so(journey: Journey) -> None:
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    (comment,) = journey.comments(pull)
    pull.resolved.add(comment.id)
    journey.push({"README.md": "More.\n"})
    until(journey, pull, ("suggestion", "dismissed", ""))
    journey.sandbox.forge.close_pull(journey.repo, pull, "dana", merges=True)
    journey.sandbox.forge.hooks.settle()
    journey.rest()
    until(journey, pull, ("suggestion", "dismissed", ""))


def test_what_was_merged_with_its_finding_is_said(journey: Journey) -> None:
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    journey.sandbox.forge.close_pull(journey.repo, pull, "dana", merges=True)
    until(journey, pull, ("suggestion", "merged", ""))


def test_what_was_closed_with_its_finding_is_open_again_once_reopened(journey: Journey) -> None:
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    journey.sandbox.forge.close_pull(journey.repo, pull, "dana")
    until(journey, pull, ("suggestion", "closed", ""))
    journey.sandbox.forge.reopen_pull(journey.repo, pull, "dana")
    until(journey, pull, ("suggestion", "", ""))


def test_a_suggestion_and_a_merge_at_once_are_accepted(journey: Journey) -> None:
    """The head that was merged is one that nobody reviewed."""
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    until(journey, pull, ("suggestion", "", ""))
    (comment,) = journey.comments(pull)
    with journey.sandbox.forge.world.lock:
        journey.sandbox.forge.apply_suggestion(journey.repo, pull, comment.id, "dana")
        journey.sandbox.forge.close_pull(journey.repo, pull, "dana", merges=True)
    until(journey, pull, ("suggestion", "accepted", "suggestion"))


def test_each_of_several_is_told_apart_in_one_push(journey: Journey) -> None:
    head = {"main.tf": BUCKET + OPEN, "lake.tf": (BUCKET + TWICE).replace('"data"', '"lake"')}
    head["lake.tf"] = head["lake.tf"].replace("s3_bucket.data", "s3_bucket.lake")
    pull = journey.open(BASE, head)
    left = offered(journey, pull)
    left.remove(("suggestion", "", ""))
    journey.push({"main.tf": BUCKET + BLOCK})
    until(journey, pull, ("suggestion", "accepted", "by hand"), *left)
