"""From nothing to an App: the form, GitHub's answer, and what is left on the disk."""

from __future__ import annotations

import html
import json
import re
import stat
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from flask import Flask

from bot.cli.main import main
from bot.forge.github_manifest import EVENTS, NewApp, form_target, manifest, web_url
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.settings import Settings
from bot.web.app_form import open_form
from bot.web.listener import Listener
from tests.servers import free_port

BOT = "https://bot.example.com"


@pytest.fixture
def directory(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOCKSTITCH_GITHUB_API_URL", sandbox.api_url)
    monkeypatch.setenv("LOCKSTITCH_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "github-app"


class Browser:
    """Somebody who opens the form, and continues on GitHub."""

    def __init__(self, url: str) -> None:
        page = read(url)
        self.target = html.unescape(re.findall(r'action="([^"]*)"', page)[0])
        self.manifest = json.loads(
            html.unescape(re.findall(r'name="manifest" value="([^"]*)"', page)[0])
        )

    def proceed(self) -> str:
        """The page that this ends on."""
        form = urllib.parse.urlencode({"manifest": json.dumps(self.manifest)}).encode()
        return read(self.target, form)


def read(url: str, form: bytes | None = None) -> str:
    with urllib.request.urlopen(url, data=form, timeout=20) as answer:
        text: str = answer.read().decode()
        return text


def wait_and_read(url: str) -> Browser:
    for _ in range(200):
        try:
            return Browser(url)
        except urllib.error.URLError:
            threading.Event().wait(0.05)
    raise AssertionError("the form never opened")


def test_whoever_comes_the_moment_it_listens_finds_the_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages: list[Browser] = []

    class Hurried(Listener):
        """Somebody asks for the form before whoever opens it goes on."""

        def __init__(self, app: Flask, host: str, port: int, threads: int) -> None:
            super().__init__(app, host, port, threads)
            self.visit = threading.Thread(target=lambda: pages.append(Browser(self.url)))
            self.visit.start()
            self.visit.join(timeout=0.2)

        def stop(self, within: float = 5.0) -> None:
            self.visit.join(timeout=20)
            super().stop(within)

    monkeypatch.setattr("bot.web.app_form.Listener", Hurried)
    with open_form(lambda state: f"https://github.com/{state}", lambda back: {"url": back}) as form:
        pass
    assert [page.manifest for page in pages] == [{"url": f"{form.url}created"}]


def test_an_app_is_made_and_its_files_are_its_owners_alone(
    sandbox: Sandbox,
    directory: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port, codes = free_port(), []
    arguments = ["github", "create-app", "--url", f"{BOT}/", "--organization", "acme"]
    terminal = threading.Thread(
        target=lambda: codes.append(main([*arguments, "--port", str(port)]))
    )
    terminal.start()
    browser = wait_and_read(f"http://127.0.0.1:{port}/")
    assert urllib.parse.urlsplit(browser.target).path == "/organizations/acme/settings/apps/new"
    assert browser.manifest["hook_attributes"]["url"] == f"{BOT}/webhooks/github"
    assert "GitHub made the App" in browser.proceed()
    terminal.join(timeout=20)
    assert codes == [0]
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for file in directory.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = capsys.readouterr()
    secret = sandbox.forge.hooks.target.secret if sandbox.forge.hooks.target else ""
    assert secret not in told.out + told.err
    assert "PRIVATE KEY" not in told.out + told.err
    assert "/apps/lockstitch/installations/new" in told.err
    for line in told.out.splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    settings = Settings.from_environment(dict(line.split("=", 1) for line in told.out.splitlines()))
    assert settings.needs_secret().needs_credentials().app_id == APP_ID
    assert settings.private_key == sandbox.private_key.strip()
    assert settings.webhook_secrets == (secret,)
    # What is there is the only copy.
    assert main([*arguments, "--code", "x"]) == 64
    assert "only copy" in capsys.readouterr().err
    assert (directory / "private-key.pem").read_text() == sandbox.private_key


def test_a_code_that_is_spent_leaves_nothing_behind(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["github", "create-app", "--url", BOT, "--code", "spent"]) == 2
    assert "good once" in capsys.readouterr().err
    assert list(directory.iterdir()) == []


def test_an_answer_that_nobody_asked_for_is_refused() -> None:
    with open_form(lambda state: f"https://github.example/?state={state}", lambda _: {}) as form:
        for query in ("code=x", "code=x&state=guess", "code=x&state=é", "state="):
            place = form.url + "created?" + urllib.parse.quote(query, safe="=&")
            with pytest.raises(urllib.error.HTTPError) as refused:
                read(place)
            assert refused.value.code == 400
            refused.value.close()
        assert form.code(0.0) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--url", "http://bot.example.com"],
        ["--url", "bot.example.com"],
        ["--url", BOT, "--name", "x" * 35],
        [],
    ],
)
def test_wrong_usage_is_said(arguments: list[str], directory: Path) -> None:
    try:
        code = main(["github", "create-app", *arguments])
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 64
    assert not directory.exists()


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://api.github.com/", "https://github.com"),
        ("https://ghe.example.com/api/v3", "https://ghe.example.com"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
    ],
)
def test_pages_are_where_people_see_them(api: str, web: str) -> None:
    assert web_url(api) == web
    assert form_target(api, None, "a&b") == f"{web}/settings/apps/new?state=a%26b"
    assert form_target(api, "a/b", "s").startswith(f"{web}/organizations/a%2Fb/settings/")


def test_the_manifest_asks_for_what_is_used_and_no_more() -> None:
    wanted = manifest("Lockstitch", BOT, "http://127.0.0.1:1/created")
    assert set(wanted["default_events"]) == set(EVENTS)
    assert wanted["default_permissions"] == {
        "checks": "write",
        "contents": "write",
        "merge_queues": "read",
        "metadata": "read",
        "pull_requests": "write",
    }
    assert wanted["public"] is False


def test_a_key_is_not_in_a_repr() -> None:
    assert "key-itself" not in repr(NewApp(1, "a", "u", "key-itself", "secret-itself"))
    assert "secret-itself" not in repr(NewApp(1, "a", "u", "key-itself", "secret-itself"))
