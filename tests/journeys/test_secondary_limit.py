"""The host asks to wait, fails, or loses an answer; nothing is lost, and nothing said twice."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

BASE, HEAD = {"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN}
LIMITS = {
    "github": (403, "You have exceeded a secondary rate limit. Please wait a few minutes."),
    "gitlab": (429, "This endpoint has been requested too many times. Try again later."),
}
WRITES = {
    "a review": {
        "github": "POST /api/v3/repos/acme/ml/pulls/1/reviews",
        "gitlab": "POST /api/v4/projects/acme/ml/merge_requests/1/draft_notes/bulk_publish",
    },
    "the summary": {
        "github": "POST /api/v3/repos/acme/ml/issues/1/comments",
        "gitlab": "POST /api/v4/projects/acme/ml/merge_requests/1/notes",
    },
    "the check": {
        "github": "POST /api/v3/repos/acme/ml/check-runs",
        "gitlab": "POST /api/v4/projects/acme/ml/statuses/",
    },
    "a commit": {
        "github": "createCommitOnBranch",
        "gitlab": "POST /api/v4/projects/acme/ml/repository/commits",
    },
}


def test_a_limit_is_waited_for(journey: Journey) -> None:
    forge, kind = journey.sandbox.forge, journey.sandbox.kind
    forge.fail_next(1, *LIMITS[kind], {"Retry-After": "1"}, match=WRITES["a review"][kind])
    pull = journey.open(BASE, HEAD)
    journey.until(lambda: len(journey.comments(pull)) == 1, "the comment")
    assert journey.check(pull).conclusion == "failure"
    assert journey.writes("review") == journey.writes("comment") == 1
    assert len(journey.repo.checks) == 1


@pytest.mark.parametrize("write", ["a review", "the summary", "the check"])
def test_an_answer_that_is_lost_after_the_write_repeats_nothing(
    journey: Journey, write: str
) -> None:
    match = WRITES[write][journey.sandbox.kind]
    journey.sandbox.forge.fail_next(1, 502, "Server Error", match=match, is_after=True)
    pull = journey.open(BASE, HEAD)
    journey.until(lambda: bool(pull.conversation), "the summary")
    assert journey.check(pull).conclusion == "failure"
    assert journey.writes("review") == journey.writes("comment") == 1
    assert len(journey.comments(pull)) == len(journey.repo.checks) == 1


def test_a_commit_whose_answer_is_lost_is_made_once(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None})
    journey.check(pull)
    forge = journey.sandbox.forge
    match = WRITES["a commit"][journey.sandbox.kind]
    forge.fail_next(1, 502, "Server Error", match=match, is_after=True)
    said, before = len(pull.conversation), pull.head_sha
    forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert journey.check(pull).conclusion == "success"
    assert journey.writes("commit") == 1
    assert len(pull.conversation) == said + 1, "the command, and no word about it"


def test_a_list_that_was_cut_short_is_never_a_pass(on_github: Journey) -> None:
    """GitLab gives its lists page by page, and cuts none."""
    journey = on_github
    journey.sandbox.forge.world.most_entries = 1
    pull = journey.open(BASE, {"main.tf": BUCKET + OPEN, "more.tf": 'variable "x" {}\n'})
    check = journey.check(pull)
    assert (check.conclusion, check.output["title"]) == ("failure", "Could not review")
    assert "cut the list of files" in check.output["summary"]
