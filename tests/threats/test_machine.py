"""What the service itself holds: other people's data, secrets, tokens, turns, and its image."""

from __future__ import annotations

import base64
import io
import logging
import os
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis as redis_client
from sqlalchemy import inspect, text

from bot.database import METADATA, migrate, open_database
from bot.inbox import Inbox
from bot.isolation import ConfinedEngine
from bot.logs import Line
from bot.settings import Settings
from bot.web import create_app
from bot.worker import CeleryDispatcher
from remediations.model import Profile
from tests import servers
from tests.journeys.conftest import SECRET, Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN
from tests.service.queue import Clock, delivery
from tests.service.test_isolation import CLOSED, Overtaken, texts

ROOT = Path(__file__).parents[2]
WEBHOOKS = {"/webhooks/github", "/webhooks/gitlab"}


def test_threat_21_pages_that_show_another_owners_data(tmp_path: Path) -> None:
    """Whoever is not the operator cannot even tell that there is a page."""
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    inbox = Inbox(open_database(url))
    token = "a token of the operator's"
    settings = Settings(url, tmp_path, webhook_secrets=("s",), operator_token=token)
    app = create_app(settings, inbox, CeleryDispatcher(""))
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    pages = ("/stats", "/metrics")
    open_to_all = {"/healthz", "/readyz", "/rules/<name>"}  # rules are the product's own words
    assert routes == {*WEBHOOKS, *open_to_all, *pages}

    def ask(page: str, peer: str, host: str, **more: str) -> tuple[int, str]:
        where = {"REMOTE_ADDR": peer, "SERVER_PROTOCOL": more.pop("protocol", "HTTP/1.1")}
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        answer = app.test_client().get(
            page, base_url=f"http://{host}", environ_overrides=where, headers=headers
        )
        return answer.status_code, answer.text

    for page in pages:
        nothing = ask("/no-such-page", "203.0.113.9", "bot.example")
        assert nothing[0] == 404
        for stranger in (
            ask(page, "203.0.113.9", "bot.example"),
            ask(page, "203.0.113.9", "localhost"),
            ask(page, "203.0.113.9", "bot.example", Authorization="Bearer guess"),
            ask(page, "127.0.0.1", "bot.example"),
            ask(page, "127.0.0.1", "localhost", X_Forwarded_For="203.0.113.9"),
            ask(page, "127.0.0.1", "127.0.0.1", protocol="HTTP/1.0"),
        ):
            assert stranger == nothing
        assert ask(page, "127.0.0.1", "localhost:8080")[0] == 200
        assert ask(page, "203.0.113.9", "bot.example", Authorization=f"Bearer {token}")[0] == 200
    inbox.engine.dispose()


SECRETS = {
    "an AWS key id": "AKIAIOSFODNN7ABCDEFG",
    "a GitHub token": "ghp_" + "aB3" * 12,
    "a password": "hunter2-correct-horse",
    "a private key": "MIIEowIBAAKCAQEAseededseededseeded",
}


def test_threat_22_secrets_in_what_is_said_and_kept(
    journey: Journey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Line())
    logging.getLogger().addHandler(handler)
    seeded = f"""\
# {SECRETS["an AWS key id"]}
resource "aws_sagemaker_notebook_instance" "{SECRETS["a GitHub token"]}" {{
  name     = "{SECRETS["an AWS key id"]}"
  password = "{SECRETS["a password"]}"
}}
variable "key" {{
  default = "-----BEGIN RSA PRIVATE KEY-----\\n{SECRETS["a private key"]}"
}}
"""
    files = {"main.tf": BUCKET + OPEN, f"{SECRETS['a GitHub token']}.tf": seeded}
    pull = journey.open({"main.tf": BUCKET + BLOCK}, files)
    check = journey.check(pull)
    said = len(pull.conversation)
    body = f"/lockstitch explain {SECRETS['a GitHub token']}"
    journey.sandbox.forge.comment(journey.repo, pull, "dana", body)
    journey.until(lambda: len(pull.conversation) == said + 2, "an answer")
    logging.getLogger().removeHandler(handler)
    ours = [one.body for one in pull.conversation.values() if one.author != "dana"]
    ours += [comment.body for comment in journey.comments(pull)]
    ours += [str(check.output), str(check.annotations), stream.getvalue(), dump(journey.inbox)]
    key = (journey.sandbox.private_key or "").splitlines()[5]
    tokens = list(journey.sandbox.forge.world.installations)
    for name, secret in {**SECRETS, "the App's key": key, "the webhook's": SECRET}.items():
        assert not [text for text in ours if secret in text and "explain" not in text], name
    assert not [text for text in ours for token in tokens if token in text]


def dump(inbox: Inbox) -> str:
    """Everything in the database but what a person wrote as a command."""
    with inbox.engine.begin() as connection:
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}
        rows = [
            str(tuple(row))
            for name in METADATA.tables
            for row in connection.execute(text(f"SELECT * FROM {name}"))
            if "explain" not in str(tuple(row))
        ]
    return "\n".join(rows)


@CLOSED
def test_threat_23_a_reader_that_looks_for_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKSTITCH_GITHUB_TOKEN", "ghs_stolen")
    engine = Overtaken(tmp_path)
    stolen = "set(os.environ) - {'LC_CTYPE'}", "[f for f in range(64) if f > 3 and is_open(f)]"
    for what in stolen:
        program = f"a = {what}\nif a: os._exit(66)\nos._exit(0)"
        assert exit_of(engine, program) == "code 0", what
    engine.close()


def exit_of(engine: ConfinedEngine, program: str) -> str:
    from bot.engine import EngineStopped

    with pytest.raises(EngineStopped) as stopped:
        engine.judge(texts({"do.py": program.encode()}), Profile())
    found = re.search(r"\((.*)\)", str(stopped.value))
    return found[1] if found else str(stopped.value)


class Bomb:
    """Whoever unpickles it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


def test_threat_24_code_in_the_broker(tmp_path: Path) -> None:
    with servers.redis(tmp_path) as url:
        database = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
        migrate(database)
        environment = {
            **os.environ,
            "LOCKSTITCH_DATA_DIR": str(tmp_path),
            "LOCKSTITCH_DATABASE_URL": database,
            "LOCKSTITCH_REDIS_URL": url,
            "LOCKSTITCH_GITHUB_TOKEN": "never-used",
            "LOCKSTITCH_GITHUB_API_URL": "http://127.0.0.1:9",
        }
        command = [sys.executable, "-m", "bot", "worker", "--processes", "1"]
        worker = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        broker = redis_client.Redis.from_url(url)
        body = base64.b64encode(pickle.dumps(Bomb(tmp_path / "ran"))).decode()
        properties = {
            "body_encoding": "base64",
            "delivery_tag": "1",
            "delivery_info": {"exchange": "", "routing_key": "interactive"},
        }
        headers = {"task": "lockstitch.row", "id": "1", "lang": "py"}
        for kind in ("application/x-python-serialize", "application/json"):
            message = (
                f'{{"body": "{body}", "content-encoding": "binary", "content-type": "{kind}",'
                f' "headers": {dumped(headers)}, "properties": {dumped(properties)}}}'
            )
            broker.lpush("interactive", message)
        inbox = Inbox(open_database(database))
        row = inbox.accept(delivery(1))
        CeleryDispatcher(url).wake(row or 0)
        try:
            ends = time.monotonic() + 40
            while attempts(inbox) == 0:
                assert time.monotonic() < ends, "the worker does not take messages any more"
                time.sleep(0.1)
        finally:
            worker.terminate()
            worker.wait(timeout=40)
            broker.close()
            inbox.engine.dispose()
        assert not (tmp_path / "ran").exists()


def dumped(value: object) -> str:
    import json

    return json.dumps(value)


def attempts(inbox: Inbox) -> int:
    with inbox.engine.begin() as connection:
        return int(connection.execute(text("SELECT max(token) FROM work")).scalar_one())


def test_threat_27_an_owner_who_takes_every_turn(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    clock = Clock()
    inbox = Inbox(open_database(url), clock)
    for number in range(1, 501):
        inbox.accept(delivery(number, repository="noisy/ml"))
    first = inbox.lease()
    assert first is not None
    inbox.accept(delivery(1, repository="quiet/ml"))
    waited = clock.now
    while True:
        clock.now += 10
        inbox.finish(first)
        first = inbox.lease()
        assert first is not None
        if first.wish.repository == "quiet/ml":
            break
    assert clock.now - waited < 60
    inbox.engine.dispose()


def test_threat_28_an_image_that_brings_more_than_it_says() -> None:
    """Surface absent: no image is published from here. What builds one is pinned and not root."""
    workflows = [ROOT / name for name in (".github", ".gitlab-ci.yml", ".circleci", "release.yml")]
    assert not [path for path in workflows if path.exists()]
    lines = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER [1-9]\d*", lines, re.MULTILINE)
    for installed in re.findall(r"pip install (.*?) ?\\?$", lines, re.MULTILINE):
        assert "--require-hashes" in installed or "--no-deps" in installed, installed
    for keyword in ("ADD http", "curl ", "wget "):
        assert keyword not in lines
