"""The change comes from a fork, which is written only where its author lets maintainers edit."""

from __future__ import annotations

from bot.sandbox import events
from bot.sandbox.state import Pull, Repo
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def from_fork(
    journey: Journey, head: dict[str, bytes | None], *, may_edit: bool = False
) -> tuple[Pull, Repo]:
    forge = journey.sandbox.forge
    files: dict[str, bytes | None] = {"main.tf": BUCKET.encode(), "access.tf": BLOCK.encode()}
    forge.push(journey.repo, "main", files, "Base", "dana")
    fork = forge.fork(journey.repo, "eve")
    fork.git.branch("change", fork.git.head("main"))
    forge.push(fork, "change", head, "Change", "eve")
    pull = forge.open_pull(
        journey.repo, "main", "change", "A change", "eve", fork, maintainers_may_edit=may_edit
    )
    return pull, fork


def last(pull: Pull) -> str:
    return list(pull.conversation.values())[-1].body


def test_a_fork_is_reviewed_and_gets_the_patch_in_a_comment(journey: Journey) -> None:
    pull, _ = from_fork(journey, {"access.tf": None})
    check = journey.check(pull)
    assert (check.conclusion, check.actions) == ("failure", [])
    before, said = pull.head_sha, len(pull.conversation)
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: len(pull.conversation) == said + 2, "an answer")
    assert last(pull).startswith("The head branch cannot be written from here. This is the patch:")
    assert '+resource "aws_s3_bucket_public_access_block" "data" {' in last(pull)
    assert pull.head_sha == before


def test_a_suggestion_works_on_a_fork(journey: Journey) -> None:
    pull, _ = from_fork(journey, {"access.tf": OPEN.encode()})
    journey.check(pull)
    (comment,) = journey.comments(pull)
    journey.sandbox.forge.apply_suggestion(journey.repo, pull, comment.id, "eve")
    assert journey.check(pull).conclusion == "success"


def test_where_maintainers_may_edit_the_fix_is_a_commit(journey: Journey) -> None:
    pull, fork = from_fork(journey, {"access.tf": None}, may_edit=True)
    assert bool(journey.check(pull).actions) is journey.has_check_runs
    before = pull.head_sha
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: pull.head_sha != before, "the commit")
    assert journey.check(pull).conclusion == "success"
    assert fork.git.text("log", "-1", "--format=%an", "change") == journey.bot


def test_the_author_of_a_fork_may_not_command(journey: Journey) -> None:
    pull, _ = from_fork(journey, {"access.tf": None}, may_edit=True)
    journey.check(pull)
    before, said = pull.head_sha, len(pull.conversation)
    journey.sandbox.forge.comment(journey.repo, pull, "eve", "/lockstitch fix")
    journey.until(lambda: len(pull.conversation) == said + 2, "an answer")
    assert last(pull).startswith("Only people who may push to this repository")
    assert pull.head_sha == before


def test_a_fork_that_is_gone_is_reviewed_all_the_same(journey: Journey) -> None:
    pull, fork = from_fork(journey, {"access.tf": None})
    journey.check(pull)
    events.delete_fork(journey.sandbox.forge, fork)
    checks = len(journey.repo.checks)
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch recheck")
    journey.until(lambda: len(journey.repo.checks) == checks + 1, "another check")
    assert journey.check(pull).conclusion == "failure"
    journey.sandbox.forge.comment(journey.repo, pull, "dana", "/lockstitch fix")
    journey.until(lambda: "This is the patch" in last(pull), "the patch")
