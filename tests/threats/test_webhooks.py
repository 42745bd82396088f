"""Whoever sends webhooks: forged, repeated, enormous, slow, or with addresses of their own."""

from __future__ import annotations

import json
import random
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from bot.backlog import KEEP_SECONDS, Backlog
from bot.database import deliveries
from bot.deliveries import MAX_BYTES, Rejected, read
from bot.forge.errors import ForgeError
from bot.forge.github import GitHub
from bot.forge.github_tokens import AppCredentials
from bot.forge.port import PullRef
from bot.sandbox.hooks import Target
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import BOT_LOGIN
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN
from tests.threats.conftest import Canary


def kept(journey: Journey) -> int:
    with journey.inbox.engine.begin() as connection:
        return connection.execute(select(func.count()).select_from(deliveries)).scalar_one()


def send(journey: Journey, event: str, payload: dict[str, Any], id: str) -> int:
    return journey.sandbox.forge.hooks.deliver(id, event, payload)


def writes(journey: Journey) -> int:
    return sum(login == BOT_LOGIN for login, _, _ in journey.sandbox.forge.world.writes)


def test_threat_01_forged_webhook(journey: Journey) -> None:
    chance, alphabet = random.Random(1), "0123456789abcdefSHA=, \t\x00é\udcff€"
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "forged"}
    for number in range(10_000):
        signature = "".join(chance.choices(alphabet, k=number % 80))
        prefix = ("sha256=", "sha1=", "", "SHA256=")[number % 4]
        with pytest.raises(Rejected) as refused:
            read({**headers, "X-Hub-Signature-256": prefix + signature}, b"{}", ["s"])
        assert refused.value.status == 401
    before = kept(journey)
    forge = journey.sandbox.forge
    genuine, forge.hooks.target = forge.hooks.target, Target(journey.webhook, "a wrong secret")
    assert [send(journey, "ping", {}, f"forged-{n}") for n in range(20)] == [401] * 20
    forge.hooks.target = genuine
    assert kept(journey) == before


def test_threat_02_replay_of_an_old_delivery(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    said, hooks = len(journey.comments(pull)), journey.sandbox.forge.hooks
    hooks.settle()
    opened = next(one for one in hooks.log[::-1] if one.payload.get("action") == "opened")
    before = writes(journey)
    assert [hooks.redeliver(opened.id) for _ in range(5)] == [202] * 5
    assert journey.inbox.waiting() == ()
    assert writes(journey) == before
    later = Backlog(journey.inbox.engine, lambda: time.time() + KEEP_SECONDS + 86_400)
    assert later.forget() > 0
    assert hooks.redeliver(opened.id) == 202
    journey.until(lambda: not journey.inbox.waiting(), "one more look")
    journey.check(pull)
    assert len(journey.comments(pull)) == said
    assert writes(journey) == before


def test_threat_03_redelivery_swallowed_as_a_repetition(journey: Journey) -> None:
    forge = journey.sandbox.forge
    forge.fail_next(times=2, status=403, message="Resource not accessible", match="check-runs")
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    dead = Backlog(journey.inbox.engine).dead
    journey.until(lambda: bool(dead()), "the row to be given up")
    forge.hooks.settle()
    opened = next(one for one in forge.hooks.log[::-1] if one.payload.get("action") == "opened")
    assert forge.hooks.redeliver(opened.id) == 202
    assert journey.check(pull).conclusion == "success"
    assert dead() == ()


def test_threat_04_oversized_and_slow_bodies(journey: Journey) -> None:
    where = urlsplit(journey.webhook)
    assert where.hostname is not None
    assert where.port is not None
    head = f"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BYTES}\r\n\r\n"
    slow = [socket.create_connection((where.hostname, where.port)) for _ in range(150)]
    for number, connection in enumerate(slow):
        connection.sendall(head.encode() if number % 2 else b"POST /webhooks/git")
    waits = []
    for number in range(20):
        began = time.monotonic()
        assert send(journey, "ping", {}, f"beside-slow-{number}") == 202
        waits.append(time.monotonic() - began)
    assert max(waits) < 5
    for connection in slow:
        connection.close()
    huge = urllib.request.Request(journey.webhook, data=b"x" * (MAX_BYTES + 1024))
    with pytest.raises((urllib.error.HTTPError, OSError)) as refused:
        urllib.request.urlopen(huge, timeout=30)
    if isinstance(refused.value, urllib.error.HTTPError):
        assert refused.value.code == 413
        refused.value.close()


def turned(value: Any, address: str) -> Any:
    """The same payload with every address turned to another host."""
    if isinstance(value, dict):
        return {key: turned(held, address) for key, held in value.items()}
    if isinstance(value, list):
        return [turned(held, address) for held in value]
    is_address = isinstance(value, str) and "://" in value
    return address + urlsplit(value).path if is_address else value


def test_threat_05_addresses_inside_a_payload(journey: Journey, canary: Canary) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    forge = journey.sandbox.forge
    forge.hooks.settle()
    opened = next(one for one in forge.hooks.log[::-1] if one.payload.get("action") == "opened")
    # A head that has its conclusion is looked at again only where it was reopened.
    hostile = turned({**opened.payload, "action": "reopened"}, canary.url)
    assert canary.url in json.dumps(hostile)
    checks = len(journey.repo.checks)
    assert send(journey, opened.event, hostile, "turned") == 202
    journey.until(lambda: len(journey.repo.checks) > checks, "a review")
    journey.check(pull)
    assert canary.visits == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_leads_elsewhere(tmp_path: Path, canary: Canary, status: int) -> None:
    sandbox = Sandbox.start(tmp_path / "forge")
    sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    host = canary.url.replace("127.0.0.1", "localhost")
    sandbox.forge.fail_next(9, status, headers={"Location": f"{host}/x"}, match="pulls/1")
    credentials = AppCredentials(APP_ID, sandbox.private_key)
    forge = GitHub(sandbox.api_url, credentials, "acme/ml", pause=0)
    with pytest.raises((ForgeError, KeyError)):
        forge.pull_request(PullRef("github", "acme/ml", 1))
    assert canary.visits == []
    sandbox.stop()


def test_threat_20_an_installation_that_is_not_the_repositorys(journey: Journey) -> None:
    pull = journey.open({"README.md": "a\n"}, {"README.md": "b\n"})
    journey.check(pull)
    forge = journey.sandbox.forge
    forge.hooks.settle()
    opened = next(one for one in forge.hooks.log[::-1] if one.payload.get("action") == "opened")
    foreign = forge.create_repository("victim/private", {"vera": "admin"})
    foreign.is_installed = False
    before = tokens_that_write(journey)
    payload = {
        **opened.payload,
        "installation": {"id": 1},
        "repository": {**opened.payload["repository"], "full_name": "victim/private"},
    }
    assert send(journey, opened.event, payload, "confused") == 202
    asked = "GET /api/v3/repos/<owner>/<name>/installation"
    journey.until(lambda: asked in forge.requests[-3:], "the installation to be looked up")
    journey.until(lambda: not journey.inbox.waiting(), "the end")
    assert tokens_that_write(journey) == before
    for name in before:
        repositories = forge.world.installations[name].repositories
        assert repositories is not None
        assert len(repositories) == 1


def tokens_that_write(journey: Journey) -> set[str]:
    """The one that only looks for open pull requests may look everywhere."""
    held = journey.sandbox.forge.world.installations
    return {name for name, token in held.items() if "write" in token.permissions.values()}
