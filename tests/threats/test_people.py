"""Whoever talks to the bot: strangers, forks, other bots, itself, and those who push meanwhile."""

from __future__ import annotations

import pytest

from bot.forge.errors import HeadMoved
from bot.forge.github import GitHub
from bot.forge.github_tokens import AppCredentials
from bot.forge.port import Check, Conclusion, PullRef
from bot.review import CHECK_NAME
from bot.sandbox.limits import Refusal
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import BOT_LOGIN, CheckRun
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

FAILURE = Conclusion.FAILURE


def forge_of(journey: Journey) -> GitHub:
    credentials = AppCredentials(APP_ID, journey.sandbox.private_key)
    return GitHub(journey.sandbox.api_url, credentials, journey.repo.name, pause=0)


def test_threat_16_commands_of_people_who_may_not_push(journey: Journey) -> None:
    pull = journey.open(
        {"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN}, rita="read", ghost="none"
    )
    journey.check(pull)
    head, forge = pull.head_sha, journey.sandbox.forge
    for login in ("rita", "ghost", "nobody-knows", "trent"):
        said = len(pull.conversation)
        forge.comment(journey.repo, pull, login, "/lockstitch fix")
        journey.until(lambda: len(pull.conversation) >= said + 2, f"an answer to {login}")  # noqa: B023 - waited for before the next turn
        assert "Only people who may push" in list(pull.conversation.values())[-1].body
    # The permission is asked for when the command runs, not believed from the payload.
    journey.repo.people["dana"] = "read"
    said = len(pull.conversation)
    forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: len(pull.conversation) >= said + 2, "an answer to dana")
    assert pull.head_sha == head


def test_threat_17_a_bot_that_answers_itself(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    forge = journey.sandbox.forge
    before = [one for one in forge.world.writes if one[1] not in ("comment", "reply")]
    for _ in range(50):
        forge.comment(journey.repo, pull, BOT_LOGIN, "/lockstitch fix")
        forge.comment(journey.repo, pull, "other[bot]", "/lockstitch fix")
    forge.hooks.settle()
    journey.until(lambda: not journey.inbox.waiting(), "the rest")
    assert len(pull.conversation) == 101
    assert [one for one in forge.world.writes if one[1] not in ("comment", "reply")] == before


def test_threat_18_a_fork_is_never_written_to(journey: Journey) -> None:
    forge = journey.sandbox.forge
    forge.push(journey.repo, "main", {"main.tf": (BUCKET + BLOCK).encode()}, "Base", "dana")
    fork = forge.fork(journey.repo, "stranger")
    fork.git.branch("change", fork.git.head("main"))
    forge.push(fork, "change", {"main.tf": (BUCKET + OPEN).encode()}, "Change", "stranger")
    pull = forge.open_pull(journey.repo, "main", "change", "T", "stranger", source=fork)
    assert journey.check(pull).conclusion == "failure"
    head, said = pull.head_sha, len(pull.conversation)
    forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: len(pull.conversation) >= said + 2, "an answer")
    assert "```diff" in list(pull.conversation.values())[-1].body
    assert (pull.head_sha, fork.git.head("change")) == (head, head)
    for token in forge.world.installations.values():
        assert fork.name not in (token.repositories or ())


def test_threat_19_a_push_between_reading_and_writing(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    forge = forge_of(journey)
    read = forge.pull_request(PullRef("github", journey.repo.name, pull.number))
    journey.push({"other.tf": 'variable "x" {}\n'})
    head = pull.head_sha
    with pytest.raises(HeadMoved):
        forge.commit_files(read, "Fix", {"main.tf": b"# stale\n"})
    assert pull.head_sha == head
    journey.check(pull)


def test_threat_25_somebody_elses_word_under_our_name(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    ours = journey.check(pull)
    forged = CheckRun(9_001, CHECK_NAME, pull.head_sha, ours.external_id, app_id=666)
    forged.status, forged.conclusion = "completed", "success"
    journey.repo.checks = {forged.id: forged}
    journey.repo.statuses.append({"sha": pull.head_sha, "context": CHECK_NAME, "state": "success"})
    failed = Check(CHECK_NAME, pull.head_sha, ours.external_id, "T", "S", conclusion=FAILURE)
    for _ in range(2):
        forge_of(journey).ensure_check(journey.repo.name, failed)
    (made,) = (check for check in journey.repo.checks.values() if check is not forged)
    assert (made.conclusion, made.app_id) == ("failure", APP_ID)
    assert (forged.conclusion, forged.app_id) == ("success", 666)
    with pytest.raises(Refusal, match="no such button"):
        journey.sandbox.forge.press(journey.repo, made.id, "not-ours", "dana")
