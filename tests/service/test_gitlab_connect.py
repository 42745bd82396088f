"""``lockstitch gitlab connect`` sets up what is missing, once, and says so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.sandbox.gitlab_forge import GitLabForge
from bot.sandbox.server import Sandbox
from tests.contract.gitlab_watch import watched

URL = ["--url", "https://bot.example/"]


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    started = Sandbox.start(tmp_path / "forge", kind="gitlab")
    for name in [name for name in os.environ if name.startswith("LOCKSTITCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LOCKSTITCH_GITLAB_URL", started.url)
    monkeypatch.setenv("LOCKSTITCH_GITLAB_TOKEN", started.token)
    monkeypatch.setenv("LOCKSTITCH_GITLAB_WEBHOOK_SECRET", "a secret")
    try:
        with watched(started):
            yield started
    finally:
        started.stop()


def forge_of(sandbox: Sandbox) -> GitLabForge:
    assert isinstance(sandbox.forge, GitLabForge)
    return sandbox.forge


def said(capsys: pytest.CaptureFixture[str], path: str, *more: str) -> list[str]:
    assert main(["gitlab", "connect", path, *URL, *more]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_project_gets_a_hook_and_a_gate(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    forge = forge_of(sandbox)
    extras = forge.extras(forge.create_repository("acme/ml", {}))
    assert said(capsys, "acme/ml") == [
        "acme/ml: made a webhook for merge requests, comments and pushes.",
        "acme/ml: from now on pipelines must succeed and all threads must be resolved before a "
        "merge.",
    ]
    (hook,) = extras.hooks.values()
    assert (hook["url"], hook["token"]) == ("https://bot.example/webhooks/gitlab", "a secret")
    assert (hook["merge_requests_events"], hook["note_events"]) == (True, True)
    assert hook["push_events"] is True
    assert all(extras.settings.values())

    assert said(capsys, "acme/ml") == [
        "acme/ml: the webhook is in place; its secret was set again.",
        "acme/ml: merging waits for the bot already.",
    ]
    assert len(extras.hooks) == 1


def test_the_gate_is_left_alone_where_nobody_wants_it(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    forge = forge_of(sandbox)
    extras = forge.extras(forge.create_repository("acme/ml", {}))
    assert len(said(capsys, "acme/ml", "--no-gate")) == 1
    assert not extras.settings


def test_signed_deliveries_are_asked_for_where_there_is_a_signing_token(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKSTITCH_GITLAB_SIGNING_TOKEN", "whsec_a2V5")
    forge = forge_of(sandbox)
    extras = forge.extras(forge.create_repository("acme/ml", {}))
    said(capsys, "acme/ml")
    (hook,) = extras.hooks.values()
    assert hook["signing_token"] == "whsec_a2V5"
    assert "token" not in hook


@pytest.mark.parametrize("is_premium", [True, False])
def test_a_group_gets_one_hook_or_each_project_its_own(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], *, is_premium: bool
) -> None:
    forge = forge_of(sandbox)
    forge.is_premium = is_premium
    extras = [forge.extras(forge.create_repository(f"acme/{n}", {})) for n in ("a", "sub/b")]
    lines = said(capsys, "acme")
    assert [bool(one.settings) for one in extras] == [True, True]
    assert [len(one.hooks) for one in extras] == ([0, 0] if is_premium else [1, 1])
    assert len(forge.group_hooks.get("acme", {})) == int(is_premium)
    assert any("Premium" in line for line in lines) is not is_premium


def test_what_cannot_be_done_is_said(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forge = forge_of(sandbox)
    repo = forge.create_repository("acme/ml", {})
    assert main(["gitlab", "connect", "acme/other", *URL]) == 2
    repo.people[forge.bot] = "write"
    assert main(["gitlab", "connect", "acme/ml", *URL]) == 2
    assert "GitLab refused" in capsys.readouterr().err
    assert main(["gitlab", "connect", "acme/ml", "--url", "bot.example"]) == 64
    monkeypatch.delenv("LOCKSTITCH_GITLAB_WEBHOOK_SECRET")
    assert main(["gitlab", "connect", "acme/ml", *URL]) == 64
