"""Tokens of the App: for one repository, one purpose, and as long as they last; and its keys."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.forge.errors import Refused
from bot.forge.github import GitHub
from bot.forge.github_app import GitHubApp
from bot.forge.github_tokens import EARLY, AppCredentials
from bot.forge.github_transport import connect
from bot.forge.port import PullRef
from bot.logs import Line
from bot.redaction import HIDDEN, redacted
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import Pull, Token

REF = PullRef("github", "acme/ml", 1)


@dataclass
class Clock:
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return time.time()


@pytest.fixture
def pull(sandbox: Sandbox) -> Pull:
    forge = sandbox.forge
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    forge.push(repo, "main", {"a.tf": b"# a\n"}, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    forge.push(repo, "change", {"a.tf": b"# b\n"}, "Change", "dana")
    return forge.open_pull(repo, "main", "change", "A change", "dana")


def other_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def client(sandbox: Sandbox, *keys: str) -> GitHub:
    app = AppCredentials(APP_ID, *(keys or (sandbox.private_key,)))
    return GitHub(sandbox.api_url, app, "acme/ml", pause=0)


def minted(sandbox: Sandbox) -> list[Token]:
    return list(sandbox.forge.world.installations.values())


def test_only_a_commit_is_made_with_a_token_that_may_push(sandbox: Sandbox, pull: Pull) -> None:
    forge = client(sandbox)
    seen = forge.pull_request(REF)
    forge.changed_files(seen)
    forge.threads(seen)
    forge.answer(seen, None, "A word.")
    (token,) = minted(sandbox)
    assert token.repositories == frozenset({"acme/ml"})
    assert token.permissions["contents"] == "read"
    forge.commit_files(seen, "Fix it", {"a.tf": b"# c\n"})
    assert [one.permissions["contents"] for one in minted(sandbox)] == ["read", "write"]


def test_a_token_is_kept_until_five_minutes_before_its_end(
    sandbox: Sandbox, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("bot.forge.github_tokens.time", clock)
    forge = client(sandbox)
    forge.pull_request(REF)
    before = len(sandbox.forge.requests)
    clock.now = 3_600 - EARLY - 5
    forge.pull_request(REF)
    assert len(minted(sandbox)) == 1
    assert len(sandbox.forge.requests) == before + 1
    clock.now = 3_600 - EARLY + 5
    forge.pull_request(REF)
    assert len(minted(sandbox)) == 2
    # The installation is known by then.
    assert len(sandbox.forge.requests) == before + 3


def test_the_length_of_a_token_is_githubs_business(sandbox: Sandbox, pull: Pull) -> None:
    client(sandbox).pull_request(REF)
    (token,) = sandbox.forge.world.installations
    assert len(token) > 400
    for form in (token, "ghs_" + "a1B" * 12, f"ghs_9_{'x.y-z_' * 300}"):
        assert redacted(f"token {form} end") == f"token {HIDDEN} end"
        record = logging.LogRecord("x", 20, "x", 1, "got %s", (form,), None)
        assert form not in Line().format(record)


def test_either_key_opens_the_door_while_keys_are_rotated(sandbox: Sandbox, pull: Pull) -> None:
    for keys in ((other_key(), sandbox.private_key), (sandbox.private_key, other_key())):
        forge = client(sandbox, *keys)
        assert forge.pull_request(REF).ref == REF
        before = len(sandbox.forge.requests)
        app = GitHubApp(sandbox.api_url, AppCredentials(APP_ID, *keys))
        app.seconds_ahead()
        app.seconds_ahead()
        refused = keys[0] != sandbox.private_key
        assert len(sandbox.forge.requests) == before + 2 + refused
    with pytest.raises(Refused, match="credentials"):
        client(sandbox, other_key(), other_key()).pull_request(REF)


def test_a_signature_that_ran_out_unseen_is_made_anew(sandbox: Sandbox, pull: Pull) -> None:
    app = GitHubApp(sandbox.api_url, AppCredentials(APP_ID, sandbox.private_key))
    app.seconds_ahead()
    sandbox.forge.fail_next(
        1, 401, "'Expiration time' claim ('exp') must be a number", match="/app"
    )
    before = len(sandbox.forge.requests)
    app.seconds_ahead()
    assert len(sandbox.forge.requests) == before + 2


@pytest.mark.parametrize("ahead", [-600, 600])
def test_a_clock_that_is_wrong_signs_with_githubs_time(
    sandbox: Sandbox, pull: Pull, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    wrong = Clock(1_000.0)
    monkeypatch.setattr(wrong, "time", lambda: time.time() + ahead, raising=False)
    monkeypatch.setattr("bot.forge.github_tokens.time", wrong)
    app = GitHubApp(sandbox.api_url, AppCredentials(APP_ID, sandbox.private_key))
    before = len(sandbox.forge.requests)
    assert app.seconds_ahead() == pytest.approx(ahead, abs=5)
    assert len(sandbox.forge.requests) == before + 2
    app.seconds_ahead()
    assert len(sandbox.forge.requests) == before + 3
    with pytest.raises(Refused, match="credentials"):
        client(sandbox, other_key()).pull_request(REF)


@pytest.mark.parametrize("key", ["words", "-----BEGIN RSA PRIVATE KEY-----\nabc\n"])
def test_a_key_that_cannot_sign_is_named(sandbox: Sandbox, pull: Pull, key: str) -> None:
    with pytest.raises(Refused, match="no RSA key in PEM"):
        client(sandbox, key).pull_request(REF)
    assert client(sandbox, key, sandbox.private_key).pull_request(REF).ref == REF


@pytest.mark.parametrize(
    ("base", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://ghe.example.com/api/v3", "https://ghe.example.com/api/graphql"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
    ],
)
def test_graphql_is_beside_rest_wherever_that_is(base: str, graphql: str) -> None:
    assert connect(base, None, 0).graphql_url == graphql
