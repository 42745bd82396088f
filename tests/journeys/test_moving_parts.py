"""Stories in which something moves, is missing, or is not what it seems."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot import pipeline
from bot.cli.main import main
from bot.cli.replay import load
from bot.ended import Ended
from bot.engine import LocalEngine
from bot.forge.github import GitHub
from bot.forge.github_api import AppCredentials
from bot.forge.port import PullRef, PullRequest
from bot.sandbox.pages import latest_check
from bot.sandbox.shapes import APP_ID
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.journeys.conftest import Journey
from tests.journeys.test_pull_request import BLOCK, BUCKET, OPEN

REF = PullRef("github", "acme/ml", 1)


class Meddling(GitHub):
    """A forge on which somebody pushes while the review is being written."""

    def __init__(self, journey: Journey) -> None:
        credentials = AppCredentials(APP_ID, journey.sandbox.private_key)
        super().__init__(journey.sandbox.api_url, credentials, "acme/ml", pause=0)
        self.journey = journey
        self.is_over = False

    def merge_base(self, pull: PullRequest) -> str:
        found = super().merge_base(pull)
        if not self.is_over:
            self.is_over = True
            self.journey.push({"more.tf": 'variable "x" {}\n'})
        return found


def reviewer(grammar: Grammar) -> pipeline.Reviewer:
    return pipeline.Reviewer(LocalEngine(grammar), Profile())


def test_a_head_that_moved_gets_no_words_on_the_old_one(journey: Journey, grammar: Grammar) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"README.md": "x\n"})
    journey.check(pull)
    journey.push({"main.tf": BUCKET + OPEN})
    old = pull.head_sha
    journey.check(pull)
    said = journey.writes("review")
    outcome = pipeline.review(Meddling(journey), REF, reviewer(grammar), "by-hand")
    assert outcome.ended is Ended.SUPERSEDED
    (check,) = [c for c in journey.repo.checks.values() if c.external_id == "by-hand"]
    assert (check.head, check.conclusion) == (old, "cancelled")
    assert journey.writes("review") == said
    assert journey.check(pull).head == pull.head_sha


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


def test_an_empty_pull_request_concludes(journey: Journey) -> None:
    forge = journey.sandbox.forge
    forge.push(journey.repo, "main", {"main.tf": BUCKET.encode()}, "Base", "dana")
    journey.repo.git.branch("change", journey.repo.git.head("main"))
    pull = forge.open_pull(journey.repo, "main", "change", "Nothing", "dana")
    assert journey.check(pull).conclusion == "success"


@pytest.fixture
def environment(journey: Journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """The settings that a person would export before they use the command line."""
    key = tmp_path / "key.pem"
    key.write_text(journey.sandbox.private_key)
    for name in [name for name in os.environ if name.startswith("LOCKSTITCH_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "DATA_DIR": str(tmp_path / "by-hand"),
        "CACHE_DIR": str(tmp_path.parent),
        "GITHUB_APP_ID": str(APP_ID),
        "GITHUB_PRIVATE_KEY_FILE": str(key),
        "GITHUB_API_URL": journey.sandbox.api_url,
        "GITHUB_PAUSE": "0",
    }.items():
        monkeypatch.setenv(f"LOCKSTITCH_{name}", value)
    return journey


def test_a_dry_run_says_everything_and_writes_nothing(
    environment: Journey, capsys: pytest.CaptureFixture[str]
) -> None:
    pull = environment.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    environment.check(pull)
    before = len(environment.sandbox.forge.world.writes)
    pull.inline.clear()
    assert main(["review", "acme/ml#1", "--dry-run"]) == 1
    said = capsys.readouterr().out
    assert "--- main.tf:6-6" in said
    assert "```suggestion" in said
    assert "--- check: failure: 1 finding to fix" in said
    assert len(environment.sandbox.forge.world.writes) == before
    assert main(["review", "acme/ml#99", "--dry-run"]) == 2


def test_a_saved_delivery_is_replayed(environment: Journey, tmp_path: Path) -> None:
    pull = environment.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    environment.check(pull)
    delivery = environment.sandbox.forge.hooks.log[0]
    saved = tmp_path / "delivery.json"
    saved.write_text(json.dumps({"event": delivery.event, "payload": delivery.payload}))
    assert load(saved).wish is not None
    checks = len(environment.repo.checks)
    assert main(["replay", str(saved)]) == 0
    assert len(environment.repo.checks) == checks + 1
    check = latest_check(environment.repo, pull.head_sha)
    assert check is not None
    assert check.conclusion == "failure"
    assert environment.writes("review") == 1
    saved.write_text("{}")
    assert main(["replay", str(saved)]) == 64


def test_the_demo_reviews_a_repository_of_yours(
    journey: Journey, capsys: pytest.CaptureFixture[str]
) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    where = str(journey.repo.git.directory)
    start = ["demo", "--repo", where, "--base", "main", "--head", pull.head_sha, "--once"]
    assert main([*start, "--accept-all"]) == 0
    said = capsys.readouterr().out
    assert "The check went from failure to success." in said
    assert main(["demo", "--repo", where]) == 64
    assert main([*start[:5], "--head", "nowhere", "--once", "--base", "main"]) == 64


def test_an_error_that_stays_concludes_the_check(journey: Journey) -> None:
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    journey.check(pull)
    forge = Meddling(journey)
    reviewer = pipeline.Reviewer(LocalEngine(Grammar.load()), Profile())
    pipeline.could_not_review(forge, REF, reviewer, "by-hand", "The forge was away.")
    check = latest_check(journey.repo, pull.head_sha)
    assert check is not None
    assert (check.conclusion, check.output["title"]) == ("failure", "Could not review")
