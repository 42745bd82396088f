"""The doctor finds what can be wrong on GitLab, and says how to mend it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.diagnosis import State
from bot.doctor import examine
from bot.gitlab_deliveries import Secrets
from bot.sandbox.gitlab_forge import GitLabForge
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Repo
from bot.settings import GitLabSettings, Settings
from tests.contract.gitlab_watch import watched

WELL = {
    "id": 1,
    "url": "https://bot.example/webhooks/gitlab",
    "push_events": True,
    "merge_requests_events": True,
    "note_events": True,
    "enable_ssl_verification": True,
    "alert_status": "executable",
}


@dataclass
class Ward:
    """A bot that is well, until a test makes it ill."""

    forge: GitLabForge
    repo: Repo
    settings: Settings

    def ill(self, repository: str | None = None) -> dict[str, tuple[State, str]]:
        return {
            one.name: (one.state, f"{one.says} {one.mend}")
            for one in examine(self.settings, repository)
            if one.state is not State.OK and one.name != "database"
        }


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    sandbox = Sandbox.start(tmp_path / "forge", kind="gitlab")
    forge = sandbox.forge
    assert isinstance(forge, GitLabForge)
    repo = forge.create_repository("acme/ml", {})
    extras = forge.extras(repo)
    extras.hooks[1] = dict(WELL)
    extras.settings |= {
        "only_allow_merge_if_pipeline_succeeds": True,
        "only_allow_merge_if_all_discussions_are_resolved": True,
    }
    gitlab = GitLabSettings(sandbox.url, sandbox.token, secrets=Secrets(("s",)))
    settings = Settings(f"sqlite:///{tmp_path / 'bot.sqlite3'}", tmp_path, gitlab=gitlab)
    try:
        with watched(sandbox):
            yield Ward(forge, repo, settings)
    finally:
        sandbox.stop()


def test_all_is_well_and_nothing_is_written(ward: Ward) -> None:
    assert ward.ill() == ward.ill("acme/ml") == {}
    assert ward.forge.world.writes == []


def no_gate(ward: Ward) -> None:
    ward.forge.extras(ward.repo).settings.clear()


def no_hook(ward: Ward) -> None:
    ward.forge.extras(ward.repo).hooks.clear()


def switched_off(ward: Ward) -> None:
    ward.forge.extras(ward.repo).hooks[1]["alert_status"] = "disabled"


def deaf(ward: Ward) -> None:
    ward.forge.extras(ward.repo).hooks[1]["note_events"] = False


def read_only(ward: Ward) -> None:
    ward.forge.scopes = ["read_api"]


def no_project(ward: Ward) -> None:
    ward.repo.people.clear()


def stranger(ward: Ward) -> None:
    ward.forge.world.tokens.clear()


def no_secret(ward: Ward) -> None:
    ward.settings = replace(ward.settings, gitlab=replace(ward.settings.gitlab, secrets=Secrets()))


def away(ward: Ward) -> None:
    ward.forge.fail_next(times=9, status=502)


@pytest.mark.parametrize(
    ("harm", "name", "state", "words"),
    [
        (no_gate, "gitlab project acme/ml", State.WARNING, "pipelines and open threads"),
        (no_hook, "gitlab webhook of acme/ml", State.WARNING, "its group may have"),
        (switched_off, "gitlab webhook of acme/ml", State.BROKEN, "switched it off"),
        (deaf, "gitlab webhook of acme/ml", State.BROKEN, "gitlab connect acme/ml"),
        (read_only, "gitlab token", State.BROKEN, "read_api"),
        (no_project, "gitlab projects", State.BROKEN, "no project"),
        (stranger, "gitlab credentials", State.BROKEN, "did not accept the token"),
        (no_secret, "gitlab webhook secret", State.BROKEN, "GITLAB_WEBHOOK_SECRET_FILE"),
        (away, "gitlab credentials", State.UNKNOWN, "502"),
    ],
)
def test_what_is_ill_is_named(
    ward: Ward, harm: Callable[[Ward], None], name: str, state: State, words: str
) -> None:
    harm(ward)
    found = ward.ill()
    assert list(found) == [name]
    assert found[name][0] is state
    assert words in found[name][1]


def test_who_is_no_maintainer_is_not_asked_for_hooks(ward: Ward) -> None:
    no_hook(ward)
    ward.repo.people[ward.forge.bot] = "write"
    assert ward.ill() == {}


def test_a_token_that_ends_soon_is_said(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime.fromtimestamp(time.time() + 5 * 86_400, UTC).strftime("%Y-%m-%d")
    ward.forge.token_ends = day
    assert day in ward.ill()["gitlab token"][1]
