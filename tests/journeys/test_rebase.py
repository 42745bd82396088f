"""The branch is rewritten, its files and directories renamed, and nothing is said twice."""

from __future__ import annotations

from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_a_rebase_says_nothing_again(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    said, forge, git = journey.said(pull), journey.sandbox.forge, journey.repo.git
    for number in range(2):
        forge.push(journey.repo, "main", {f"n{number}.tf": b'variable "x" {}\n'}, "M", "dana")
        git.branch("change", git.head("main"))
        journey.push({"main.tf": f"# Rebased {number}\n{BUCKET}{OPEN}"})
        assert journey.check(pull).conclusion == "failure"
    assert journey.said(pull) == said
    assert journey.writes("review") == journey.writes("comment") == 1


def test_new_names_for_files_and_directories_say_nothing_again(journey: Journey) -> None:
    pull = journey.open({"README.md": "x\n"}, {"a/main.tf": BUCKET + OPEN})
    journey.check(pull)
    said = journey.said(pull)
    assert said
    for old, new in (("a/main.tf", "a/store.tf"), ("a/store.tf", "b/store.tf")):
        journey.push({old: None, new: BUCKET + OPEN})
        assert journey.check(pull).conclusion == "failure"
        assert journey.said(pull) == said
        assert not pull.resolved
    journey.push({"b/store.tf": BUCKET + BLOCK})
    assert journey.check(pull).conclusion == "success"
    (fixed,) = [one for one in journey.comments(pull) if one.id in pull.resolved]
    assert "block_public_acls" in fixed.body
