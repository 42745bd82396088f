"""A token instead of an App: the same conversation, and a commit status with the same meaning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.state import Pull
from tests.journeys.conftest import Journey, begin
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


@pytest.fixture(params=["github"])
def journey(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Journey]:
    with begin("embedded", tmp_path, request.param, token="robot") as started:
        yield started


def status(journey: Journey, pull: Pull) -> dict[str, Any]:
    def states() -> list[dict[str, Any]]:
        return [one for one in journey.repo.statuses if one["sha"] == pull.head_sha]

    journey.until(lambda: bool(states()) and states()[-1]["state"] != "pending", "the status")
    assert states()[0]["state"] == "pending"
    return states()[-1]


def test_a_status_says_what_a_check_would(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    said = status(journey, pull)
    assert (said["context"], said["state"]) == ("lockstitch", "failure")
    assert said["description"] == "1 finding to fix"
    (comment,) = pull.inline.values()
    assert comment.author == "robot"
    forge = journey.sandbox.forge
    forge.reply(journey.repo, pull, comment.id, "dana", "fix")
    before = pull.head_sha
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert status(journey, pull)["state"] == "success"
    assert comment.id in pull.resolved
    assert not journey.repo.checks
