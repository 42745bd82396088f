"""Somebody takes the fixes that are offered, by a command, a button or a reply."""

from __future__ import annotations

from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_a_command_commits_what_no_suggestion_can_carry(either: Journey) -> None:
    pull = either.open({"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None})
    check = either.check(pull)
    assert check.conclusion == "failure"
    places = [note["path"] for note in check.annotations]
    assert places == ["main.tf"] or "main.tf" in check.output["summary"]
    assert either.comments(pull) == []

    before = pull.head_sha
    comment = either.sandbox.forge.comment(either.repo, pull, "dana", "/lockstitch fix")
    either.until(lambda: pull.head_sha != before, "the commit")
    assert either.check(pull).conclusion == "success"
    assert BLOCK.splitlines()[0] in either.file(pull, "main.tf")
    assert (either.bot, "eyes") in comment.reactions


def test_a_rule_that_is_named_is_fixed_and_no_other_one(journey: Journey) -> None:
    other, access = BUCKET.replace("data", "logs"), BLOCK.replace("data", "logs")
    base = {"main.tf": BUCKET + BLOCK, "logs.tf": other, "access.tf": access}
    pull = journey.open(base, {"main.tf": BUCKET + OPEN, "access.tf": None})
    journey.check(pull)
    before = pull.head_sha
    wanted = "/lockstitch fix s3-public-access-block-off"
    journey.sandbox.forge.comment(journey.repo, pull, "dana", wanted)
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert journey.check(pull).conclusion == "failure"
    assert journey.file(pull, "main.tf") == BUCKET + BLOCK
    assert journey.file(pull, "logs.tf") == other


def test_the_button_commits_every_safe_fix(on_github: Journey) -> None:
    pull = on_github.open({"main.tf": BUCKET, "access.tf": BLOCK}, {"access.tf": None})
    check = on_github.check(pull)
    before = pull.head_sha
    on_github.sandbox.forge.press(on_github.repo, check.id, check.actions[0]["identifier"], "dana")
    on_github.until(lambda: pull.head_sha != before, "the commit")
    assert on_github.check(pull).conclusion == "success"


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


def test_a_link_to_a_comment_names_its_fix(journey: Journey) -> None:
    other = OPEN.replace('"data"', '"logs"')
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": f"{BUCKET}{OPEN}\n{other}"})
    journey.check(pull)
    first, second = sorted(journey.comments(pull), key=lambda one: one.original_line)
    before = pull.head_sha
    on_gitlab = journey.sandbox.kind == "gitlab"
    part = f"-/merge_requests/1#note_{first.id}" if on_gitlab else f"pull/1#discussion_r{first.id}"
    link = f"https://forge.example/acme/ml/{part}"
    journey.sandbox.forge.comment(journey.repo, pull, "dana", f"/lockstitch fix {link}")
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert journey.check(pull).conclusion == "failure"
    assert journey.file(pull, "main.tf").startswith(BUCKET + BLOCK)
    assert pull.resolved == {first.id}
    assert second.id not in pull.resolved
