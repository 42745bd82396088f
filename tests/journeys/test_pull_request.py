"""Stories of one pull request, from the webhook to what people see."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from bot.demo.story import started
from bot.review import offer_of
from bot.sandbox.limits import Refusal
from bot.sandbox.state import BOT_LOGIN
from tests.journeys.conftest import Journey

BUCKET = """\
resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}
"""
BLOCK = """\
resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"""
OPEN = BLOCK.replace("block_public_acls       = true", "block_public_acls       = false", 1)


def test_a_suggestion_turns_the_check_green(either: Journey) -> None:
    pull = either.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    assert either.check(pull).conclusion == "failure"
    (comment,) = either.comments(pull)
    assert (comment.path, comment.line) == ("main.tf", 6)
    assert "```suggestion\n  block_public_acls       = true\n```" in comment.body

    either.sandbox.forge.apply_suggestion(either.repo, pull, comment.id, "dana")
    assert either.check(pull).conclusion == "success"
    assert either.file(pull, "main.tf") == BUCKET + BLOCK
    assert comment.id in pull.resolved
    assert either.writes("review") == 1


def test_a_command_commits_what_no_suggestion_can_carry(either: Journey) -> None:
    pull = either.open({"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None})
    check = either.check(pull)
    assert check.conclusion == "failure"
    assert [note["path"] for note in check.annotations] == ["main.tf"]
    assert either.comments(pull) == []

    before = pull.head_sha
    comment = either.sandbox.forge.comment(either.repo, pull, "dana", "/lockstitch fix")
    either.until(lambda: pull.head_sha != before, "the commit")
    assert either.check(pull).conclusion == "success"
    assert BLOCK.splitlines()[0] in either.file(pull, "main.tf")
    assert (BOT_LOGIN, "eyes") in comment.reactions


def test_the_button_commits_every_safe_fix(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None})
    check = journey.check(pull)
    before = pull.head_sha
    journey.sandbox.forge.press(journey.repo, check.id, check.actions[0]["identifier"], "dana")
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert journey.check(pull).conclusion == "success"


def test_a_second_push_says_nothing_again(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    said = journey.said(pull)
    for number in range(3):
        journey.push({"README.md": f"Words {number}\n", "main.tf": f"# {number}\n{BUCKET}{OPEN}"})
        assert journey.check(pull).conclusion == "failure"
    assert journey.said(pull) == said
    assert journey.writes("review") == 1
    assert journey.writes("comment") == 1


def test_a_hand_made_fix_resolves_the_thread(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    (comment,) = journey.comments(pull)
    journey.push({"main.tf": BUCKET + BLOCK})
    assert journey.check(pull).conclusion == "success"
    assert comment.id in pull.resolved


def test_old_debt_is_not_commented_on(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + OPEN}, {"other.tf": 'variable "x" {}\n'})
    assert journey.check(pull).conclusion == "success"
    assert journey.comments(pull) == []


def test_a_file_that_cannot_be_read_is_never_a_pass(journey: Journey) -> None:
    head = {"broken.tf": 'resource "x" {\n  a = = 1\n}\n', "main.tf": BUCKET + OPEN}
    pull = journey.open({"main.tf": BUCKET + BLOCK}, head)
    check = journey.check(pull)
    assert check.conclusion == "failure"
    assert "ould not review" in check.output["title"]
    assert "broken.tf" in check.output["summary"]
    assert len(journey.comments(pull)) == 1


def test_nothing_to_check_concludes(journey: Journey) -> None:
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    assert journey.check(pull).conclusion == "success"
    assert journey.comments(pull) == []
    assert journey.writes("comment") == 0


def test_files_that_are_no_files_are_named(journey: Journey) -> None:
    big = "# " + "x" * 600_000 + "\n"
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"big.tf": big, "old.tf": None})
    check = journey.check(pull)
    assert check.conclusion == "failure"
    assert "big.tf" in check.output["summary"]


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
    journey.sandbox.forge.rerun(journey.repo, first.id, "dana")
    journey.until(lambda: len(journey.repo.checks) == 3, "a third check")
    journey.check(pull)
    assert journey.writes("review") == 1


def test_a_closed_pull_request_is_left_alone(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    journey.sandbox.forge.close_pull(journey.repo, pull, "dana")
    before = len(journey.sandbox.forge.world.writes)
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: journey.writes("comment") == 2, "an answer")
    # The command, the eyes on it, and the answer.
    assert len(journey.sandbox.forge.world.writes) == before + 3


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


def test_a_replacement_is_committed_only_where_it_is_named(journey: Journey) -> None:
    head = {
        "main.tf": 'resource "aws_sagemaker_notebook_instance" "lab" {\n  name = "lab"\n}\n',
        "key.tf": 'resource "aws_kms_key" "ml" {\n  description = "ML"\n}\n',
        "README.md": "x\n",
    }
    pull = journey.open({"README.md": "y\n"}, head)
    journey.check(pull)
    (comment,) = journey.comments(pull)
    before = pull.head_sha
    journey.sandbox.forge.reply(journey.repo, pull, comment.id, "dana", "fix")
    journey.until(lambda: len(pull.thread(comment.id)) == 3, "an answer")
    assert "fix replace" in pull.thread(comment.id)[-1].body
    assert pull.head_sha == before
    journey.sandbox.forge.reply(journey.repo, pull, comment.id, "dana", "fix replace")
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert "kms_key_id = aws_kms_key.ml.arn" in journey.file(pull, "main.tf")


def test_forged_webhooks_are_refused_and_not_kept(journey: Journey) -> None:
    request = urllib.request.Request(
        journey.webhook,
        data=b"{}",
        headers={
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": "1",
            "X-Hub-Signature-256": "sha256=\xe9",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 401
    refused.value.close()


def test_the_demo_shows_every_outcome_and_ends_green() -> None:
    with started() as story:
        first = story.wait_for_check()
        bodies = [comment.body for comment in story.threads()]
        assert first.conclusion == "failure"
        assert {offer_of(body) for body in bodies} == {"suggestion", "commit", "advice"}
        assert any("cannot be read here" in body for body in bodies)
        assert any("`replace`: destroys and recreates" in body for body in bodies)
        assert any("`review`: in place" in body for body in bodies)
        assert any("`safe`: in place, only stricter" in body for body in bodies)
        assert first.annotations
        assert first.actions
        taken = list(story.accept_everything())
        last = story.wait_for_check()
        assert last.conclusion == "success"
        assert story.accepted["suggestion"] >= 3
        assert story.accepted["commit"] >= 2
        assert len(taken) == sum(story.accepted.values())
        left = [comment.body for comment in story.threads()]
        assert left
        assert all(offer_of(body) == "advice" for body in left)


def test_a_suggestion_cannot_be_taken_twice(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    (comment,) = journey.comments(pull)
    journey.sandbox.forge.apply_suggestion(journey.repo, pull, comment.id, "dana")
    with pytest.raises(Refusal, match="Outdated"):
        journey.sandbox.forge.apply_suggestion(journey.repo, pull, comment.id, "dana")
