"""People ask for something in a comment, and not everybody may."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_only_people_who_may_push_are_obeyed(journey: Journey) -> None:
    pull = journey.open(
        {"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None}, mallory="read"
    )
    journey.check(pull)
    before, said = pull.head_sha, len(pull.conversation)
    journey.sandbox.forge.comment(journey.repo, pull, "mallory", "/lockstitch fix")
    journey.until(lambda: len(pull.conversation) == said + 2, "an answer")
    assert "Only people who may push" in list(pull.conversation.values())[-1].body
    assert pull.head_sha == before


def test_recheck_and_rerun_review_again(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    first = journey.check(pull)
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch recheck")
    journey.until(lambda: len(journey.repo.checks) == 2, "a second check")
    if journey.sandbox.kind == "github":  # a commit status has no button
        journey.sandbox.forge.rerun(journey.repo, first.id, "dana")
        journey.until(lambda: len(journey.repo.checks) == 3, "a third check")
    journey.check(pull)
    assert journey.writes("review") == 1


def test_help_and_explain_answer_everybody(journey: Journey) -> None:
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    journey.check(pull)
    forge = journey.sandbox.forge
    forge.comment(journey.repo, pull, "eve", "/lockstitch explain s3-acl-public")
    journey.until(lambda: journey.writes("comment") == 1, "the page")
    assert "# s3-acl-public" in list(pull.conversation.values())[-1].body
    forge.comment(journey.repo, pull, "eve", "/lockstitch what")
    journey.until(lambda: journey.writes("comment") == 2, "help")
    assert "/lockstitch fix" in list(pull.conversation.values())[-1].body


def test_forged_webhooks_are_refused_and_not_kept(journey: Journey) -> None:
    forged = {
        "github": {"X-GitHub-Delivery": "1", "X-Hub-Signature-256": "sha256=\xe9"},
        "gitlab": {"Idempotency-Key": "1", "X-Gitlab-Token": "\xe9"},
    }
    events = {"X-GitHub-Event": "push", "X-Gitlab-Event": "Push Hook"}
    headers = {**events, **forged[journey.sandbox.kind]}
    request = urllib.request.Request(journey.webhook, data=b"{}", headers=headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 401
    refused.value.close()


def test_a_command_is_acknowledged_before_anything_else(journey: Journey) -> None:
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    journey.check(pull)
    asked = journey.sandbox.forge.requests
    before = len(asked)
    comment = journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch recheck")
    journey.until(lambda: len(journey.repo.checks) == 2, "another check")
    assert (journey.bot, "eyes") in comment.reactions
    written = [one for one in asked[before:] if one.startswith("POST") and "token" not in one]
    assert written[0].endswith(("/reactions", "/award_emoji"))
