"""The doctor finds each thing that can be wrong, and says how to mend it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.database import migrate
from bot.diagnosis import Diagnosis, State, exit_code
from bot.doctor import examine
from bot.forge.github_manifest import APP_PERMISSIONS, EVENTS
from bot.sandbox.hooks import Delivery
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import Repo
from bot.settings import Settings

URL = "https://bot.example.com/webhooks/github"


@dataclass
class Ward:
    """A bot that is well, until a test makes it ill."""

    sandbox: Sandbox
    repo: Repo
    settings: Settings

    def looks(self, repository: str | None = None) -> dict[str, tuple[State, str]]:
        return {
            one.name: (one.state, f"{one.says} {one.mend}".strip())
            for one in examine(self.settings, repository)
        }

    def ill(self) -> dict[str, tuple[State, str]]:
        return {name: said for name, said in self.looks().items() if said[0] is not State.OK}


def delivered(status: int) -> Delivery:
    return Delivery("guid", "ping", {}, status, number=1)


@pytest.fixture
def ward(sandbox: Sandbox, tmp_path: Path) -> Ward:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    repo = sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    sandbox.forge.push(repo, "main", {"a.tf": b"# a\n"}, "Base", "dana")
    repo.protection = [("lockstitch", APP_ID)]
    sandbox.forge.hooks.settle()
    sandbox.send_webhooks_to(URL, "secret")
    sandbox.forge.hooks.log[:] = [delivered(202)]
    settings = Settings(
        database_url=url,
        data_dir=tmp_path,
        webhook_secrets=("secret",),
        app_id=APP_ID,
        private_key=sandbox.private_key,
        api_url=sandbox.api_url,
    )
    return Ward(sandbox, repo, settings)


def test_all_is_well(ward: Ward) -> None:
    looks = ward.looks()
    assert {state for state, _ in looks.values()} == {State.OK}
    assert list(looks) == [
        "database",
        "github webhook secret",
        "github credentials",
        "clock",
        "github permissions",
        "github events",
        "github webhook",
        "github deliveries",
        "github installation acme",
        "required check acme/ml",
    ]
    assert looks["required check acme/ml"][1] == "Required on main, and bound to this App."


def lose(permission: str) -> Callable[[Ward], None]:
    def make(ward: Ward) -> None:
        app = ward.sandbox.forge.world.app
        app.granted = dict(app.permissions)
        del app.permissions[permission]

    return make


def hook(**values: str) -> Callable[[Ward], None]:
    return lambda ward: ward.sandbox.forge.world.app.hook.update(values)


def answered(*statuses: int) -> Callable[[Ward], None]:
    def make(ward: Ward) -> None:
        ward.sandbox.forge.hooks.log[:] = [delivered(status) for status in statuses]

    return make


def required(
    protection: list[tuple[str, int | None]] | None, rules: list[tuple[str, int | None]] | None
) -> Callable[[Ward], None]:
    def make(ward: Ward) -> None:
        ward.repo.protection, ward.repo.rules = protection, rules

    return make


def installed(*, is_suspended: bool = False, lacks: str = "") -> Callable[[Ward], None]:
    def make(ward: Ward) -> None:
        app = ward.sandbox.forge.world.app
        app.is_suspended = is_suspended
        app.granted = {k: v for k, v in APP_PERMISSIONS.items() if k != lacks}

    return make


def nowhere(ward: Ward) -> None:
    ward.repo.is_installed = False


def unsubscribed(ward: Ward) -> None:
    ward.sandbox.forge.world.app.events.remove("check_run")


def too_much(ward: Ward) -> None:
    ward.sandbox.forge.world.app.permissions["issues"] = "write"


@pytest.mark.parametrize(
    ("make", "name", "state", "words"),
    [
        (lose("checks"), "github permissions", State.BROKEN, "checks (write)"),
        (lose("merge_queues"), "github permissions", State.BROKEN, "merge_queues (read)"),
        (too_much, "github permissions", State.WARNING, "issues"),
        (unsubscribed, "github events", State.BROKEN, "check_run"),
        (hook(url="https://bot.example.com/"), "github webhook", State.BROKEN, "has to end in"),
        (hook(url=""), "github webhook", State.BROKEN, "not set"),
        (hook(content_type="form"), "github webhook", State.BROKEN, "application/json"),
        (hook(insecure_ssl="1"), "github webhook", State.BROKEN, "certificates"),
        (hook(secret=""), "github webhook", State.BROKEN, "no secret"),
        (answered(), "github deliveries", State.WARNING, "nothing for three days"),
        (answered(202, 401), "github deliveries", State.BROKEN, "WEBHOOK_SECRET differ"),
        (answered(202, 404), "github deliveries", State.BROKEN, "forward /webhooks/github"),
        (answered(202, 0), "github deliveries", State.BROKEN, "does not reach"),
        (answered(500, 202), "github deliveries", State.WARNING, "1 of the last 2"),
        (nowhere, "github installations", State.BROKEN, "installations/new"),
        (installed(is_suspended=True), "github installation acme", State.BROKEN, "suspended"),
        (installed(lacks="checks"), "github installation acme", State.BROKEN, "checks (write)"),
        (required(None, None), "required check acme/ml", State.WARNING, "not required"),
        (required([("other", 1)], None), "required check acme/ml", State.WARNING, "not required"),
        (
            required([("lockstitch", None)], None),
            "required check acme/ml",
            State.WARNING,
            "anybody",
        ),
        (
            required(None, [("lockstitch", None)]),
            "required check acme/ml",
            State.WARNING,
            "anybody",
        ),
        (required(None, [("lockstitch", 77)]), "required check acme/ml", State.BROKEN, "another"),
    ],
)
def test_what_is_ill_is_named_and_can_be_mended(
    ward: Ward, make: Callable[[Ward], None], name: str, state: State, words: str
) -> None:
    make(ward)
    ill = ward.ill()
    assert list(ill) == [name]
    assert ill[name][0] is state
    assert words in ill[name][1]


def test_a_ruleset_may_require_it_as_well(ward: Ward) -> None:
    required(None, [("lockstitch", APP_ID)])(ward)
    assert ward.ill() == {}
    required([("lockstitch", None)], [("lockstitch", APP_ID)])(ward)
    assert ward.ill() == {}


def test_only_the_repository_that_is_named_is_looked_at(ward: Ward) -> None:
    other = ward.sandbox.forge.create_repository("acme/lake", {})
    ward.sandbox.forge.push(other, "main", {"a.tf": b"# a\n"}, "Base", "dana")
    assert [n for n in ward.looks() if n.startswith("required")] == [
        "required check acme/ml",
        "required check acme/lake",
    ]
    named = [n for n in ward.looks("ACME/ml") if n.startswith("required")]
    assert named == ["required check acme/ml"]


def test_a_key_that_is_not_the_apps_is_said_and_nothing_else_is_asked(ward: Ward) -> None:
    ward.settings = replace(ward.settings, app_id=APP_ID + 1)
    ill = ward.ill()
    assert list(ill) == ["github credentials"]
    assert "GITHUB_APP_ID" in ill["github credentials"][1]


def test_a_clock_that_is_wrong_is_said(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    for off, state in ((2, State.OK), (20, State.WARNING), (-90, State.BROKEN)):
        stamp = formatdate(time.time() - off, usegmt=True)
        monkeypatch.setattr(
            "werkzeug.serving.WSGIRequestHandler.date_time_string", lambda *_, stamp=stamp: stamp
        )
        assert ward.looks()["clock"][0] is state


def test_a_forge_that_is_away_leaves_it_unknown(ward: Ward) -> None:
    ward.sandbox.forge.fail_next(1, 502, match="GET /api/v3/app/hook/config")
    ill = ward.ill()
    assert {name: state for name, (state, _) in ill.items()} == {"github webhook": State.UNKNOWN}


def test_a_token_is_a_warning_and_its_repository_is_looked_at(ward: Ward) -> None:
    ward.sandbox.forge.world.tokens["pat"] = "dana"
    ward.settings = replace(ward.settings, app_id=None, private_key=None, token="pat")
    looks = ward.looks("acme/ml")
    assert looks["github credentials"][0] is State.WARNING
    assert looks["required check acme/ml"][0] is State.OK
    ward.settings = replace(ward.settings, token="nobody's")
    assert ward.looks()["github credentials"][0] is State.BROKEN


def test_the_database_is_looked_at_first(ward: Ward, tmp_path: Path) -> None:
    ward.settings = replace(ward.settings, database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert ward.ill() == {
        "database": (
            State.BROKEN,
            "Its schema is not that of this version. Run `lockstitch migrate`.",
        )
    }
    ward.settings = replace(ward.settings, database_url=f"sqlite:///{tmp_path}")
    assert ward.ill()["database"][0] is State.BROKEN


def test_nothing_is_written(ward: Ward) -> None:
    ward.looks()
    assert ward.sandbox.forge.world.writes == []


def test_the_command(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "DATABASE_URL": ward.settings.database_url,
        "GITHUB_APP_ID": str(APP_ID),
        "GITHUB_PRIVATE_KEY": ward.sandbox.private_key,
        "GITHUB_WEBHOOK_SECRET": "secret",
        "GITHUB_API_URL": ward.sandbox.api_url,
    }.items():
        monkeypatch.setenv(f"LOCKSTITCH_{name}", value)
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "ok       clock: It agrees" in said
    ward.sandbox.forge.world.app.events.clear()
    assert main(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["version"], found["exit_code"]) == (1, 1)
    (event,) = [one for one in found["looks"] if one["name"] == "github events"]
    assert event["state"] == "broken"
    assert all(name in event["says"] for name in EVENTS)
    monkeypatch.setenv("LOCKSTITCH_PORT", "many")
    assert main(["doctor"]) == 64


def test_what_was_not_seen_wins() -> None:
    def code(*states: State) -> int:
        return exit_code(Diagnosis("x", state, "") for state in states)

    assert code(State.OK, State.WARNING) == 0
    assert code(State.OK, State.BROKEN) == 1
    assert code(State.UNKNOWN, State.BROKEN) == 2
