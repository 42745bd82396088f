"""A pull request is opened, and its author reads what is open."""

from __future__ import annotations

import pytest

from bot.sandbox.limits import Refusal
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_a_suggestion_turns_the_check_green(either: Journey) -> None:
    pull = either.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    assert either.check(pull).conclusion == "failure"
    (comment,) = either.comments(pull)
    assert (comment.path, comment.line) == ("main.tf", 6)
    assert either.suggested(comment) == "  block_public_acls       = true\n"

    either.sandbox.forge.apply_suggestion(either.repo, pull, comment.id, "dana")
    assert either.check(pull).conclusion == "success"
    assert either.file(pull, "main.tf") == BUCKET + BLOCK
    assert comment.id in pull.resolved
    assert either.writes("review") == 1


def test_a_suggestion_cannot_be_taken_twice(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    (comment,) = journey.comments(pull)
    journey.sandbox.forge.apply_suggestion(journey.repo, pull, comment.id, "dana")
    with pytest.raises(Refusal, match=r"Outdated|applied already"):
        journey.sandbox.forge.apply_suggestion(journey.repo, pull, comment.id, "dana")


def test_old_debt_is_not_commented_on(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + OPEN}, {"other.tf": 'variable "x" {}\n'})
    assert journey.check(pull).conclusion == "success"
    assert journey.comments(pull) == []


def test_nothing_to_check_concludes(journey: Journey) -> None:
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    assert journey.check(pull).conclusion == "success"
    assert journey.comments(pull) == []
    assert journey.writes("comment") == 0


def test_an_empty_pull_request_concludes(journey: Journey) -> None:
    forge = journey.sandbox.forge
    forge.push(journey.repo, "main", {"main.tf": BUCKET.encode()}, "Base", "dana")
    journey.repo.git.branch("change", journey.repo.git.head("main"))
    pull = forge.open_pull(journey.repo, "main", "change", "Nothing", "dana")
    assert journey.check(pull).conclusion == "success"


def test_a_file_that_cannot_be_read_is_never_a_pass(journey: Journey) -> None:
    head = {"broken.tf": 'resource "x" {\n  a = = 1\n}\n', "main.tf": BUCKET + OPEN}
    pull = journey.open({"main.tf": BUCKET + BLOCK}, head)
    check = journey.check(pull)
    assert check.conclusion == "failure"
    assert "ould not review" in check.output["title"]
    assert "broken.tf" in check.output["summary"]
    assert len(journey.comments(pull)) == 1


def test_files_that_are_no_files_are_named(journey: Journey) -> None:
    big = "# " + "x" * 600_000 + "\n"
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"big.tf": big, "old.tf": None})
    check = journey.check(pull)
    assert check.conclusion == "failure"
    assert "big.tf" in check.output["summary"]


def test_a_renamed_file_is_read_under_its_new_name(journey: Journey) -> None:
    pull = journey.open({"old.tf": BUCKET + BLOCK}, {"old.tf": None, "new.tf": BUCKET + OPEN})
    assert journey.check(pull).conclusion == "failure"
    (comment,) = journey.comments(pull)
    assert comment.path == "new.tf"


def test_a_link_and_a_binary_are_named(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"README.md": "x\n"})
    journey.check(pull)
    git, head = journey.repo.git, pull.head_sha
    blob = git.git("hash-object", "-w", "--stdin", stdin=b"main.tf").decode().strip()
    data = git.git("hash-object", "-w", "--stdin", stdin=b"\0\1\2").decode().strip()
    index = {"GIT_INDEX_FILE": str(git.directory / "scratch-index")}
    git.git("read-tree", head, extra=index)
    lines = f"120000 {blob}\tlink.tf\n100644 {data}\tbinary.tf\n"
    git.git("update-index", "--index-info", stdin=lines.encode(), extra=index)
    tree = git.git("write-tree", extra=index).decode().strip()
    who = {f"GIT_{r}_{f}": "x" for r in ("AUTHOR", "COMMITTER") for f in ("NAME", "EMAIL")}
    made = git.git("commit-tree", tree, "-p", head, stdin=b"m", extra=who).decode().strip()
    git.branch("change", made)
    journey.sandbox.forge.moved(journey.repo, "change", "dana")
    check = journey.check(pull)
    assert check.conclusion == "failure"
    assert "ould not review" in check.output["title"]
    for name in ("link.tf", "binary.tf"):
        assert name in check.output["summary"]
