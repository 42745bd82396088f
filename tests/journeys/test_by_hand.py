"""An operator runs a review, a saved delivery or the demo from the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.cli.replay import load
from bot.demo.story import started
from bot.review import offer_of
from bot.sandbox.pages import latest_check
from bot.sandbox.shapes import APP_ID
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


@pytest.fixture
def environment(journey: Journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """The settings that a person would export before they use the command line."""
    key = tmp_path / "key.pem"
    key.write_text(journey.sandbox.private_key)
    for name in [name for name in os.environ if name.startswith("LOCKSTITCH_")]:
        monkeypatch.delenv(name)
    credentials = {
        "github": {
            "GITHUB_APP_ID": str(APP_ID),
            "GITHUB_PRIVATE_KEY_FILE": str(key),
            "GITHUB_API_URL": journey.sandbox.api_url,
            "GITHUB_PAUSE": "0",
        },
        "gitlab": {"GITLAB_TOKEN": journey.sandbox.token, "GITLAB_URL": journey.sandbox.url},
    }
    directories = {"DATA_DIR": str(tmp_path / "by-hand"), "CACHE_DIR": str(tmp_path.parent)}
    for name, value in {**directories, **credentials[journey.sandbox.kind]}.items():
        monkeypatch.setenv(f"LOCKSTITCH_{name}", value)
    return journey


def test_a_dry_run_says_everything_and_writes_nothing(
    environment: Journey, capsys: pytest.CaptureFixture[str]
) -> None:
    pull = environment.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    environment.check(pull)
    before = len(environment.sandbox.forge.world.writes)
    pull.inline.clear()
    sign = str(environment.ref(pull)).removesuffix("1")
    assert main(["review", f"{sign}1", "--dry-run"]) == 1
    said = capsys.readouterr().out
    assert "--- main.tf:6-6" in said
    assert "```suggestion" in said
    assert "--- check: failure: 1 finding to fix" in said
    assert len(environment.sandbox.forge.world.writes) == before
    assert main(["review", f"{sign}99", "--dry-run"]) == 2


def test_a_saved_delivery_is_replayed(environment: Journey, tmp_path: Path) -> None:
    pull = environment.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    environment.check(pull)
    log = environment.sandbox.forge.hooks.log
    delivery = next(one for one in log if one.event in ("pull_request", "Merge Request Hook"))
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
    kind, where = journey.sandbox.kind, str(journey.repo.git.directory)
    start = ["demo", "--forge", kind, "--repo", where, "--base", "main", "--once"]
    assert main([*start, "--head", pull.head_sha, "--accept-all"]) == 0
    said = capsys.readouterr().out
    assert {"github": "Pull request    #1", "gitlab": "Merge request   !1"}[kind] in said
    assert "Review          1 comment\n" in said
    assert "Nothing is left to decide." in said
    assert "The check went from failure to success." in said
    assert main([*start, "--head", "nowhere"]) == 64
    assert main(["demo", "--forge", kind, "--repo", where]) == 64


def test_the_demo_shows_every_outcome_and_ends_green(forge_kind: str) -> None:
    with started(forge=forge_kind) as story:
        first = story.wait_for_check()
        bodies = [comment.body for comment in story.threads()]
        assert first.conclusion == "failure"
        assert {offer_of(body) for body in bodies} == {"suggestion", "commit", "advice"}
        assert any("cannot be read here" in body for body in bodies)
        assert any("`replace`: destroys and recreates" in body for body in bodies)
        assert any("`review`: in place" in body for body in bodies)
        assert any("`safe`: in place, only stricter" in body for body in bodies)
        assert bool(first.annotations) is bool(first.actions) is (forge_kind == "github")
        assert story.has_safe_fixes()
        taken = list(story.accept_everything())
        last = story.wait_for_check()
        assert last.conclusion == "success"
        assert story.accepted["suggestion"] >= 3
        assert story.accepted["commit"] >= 2
        assert len(taken) == sum(story.accepted.values())
        left = [comment.body for comment in story.threads()]
        assert left
        assert all(offer_of(body) == "advice" for body in left)
