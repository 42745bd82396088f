"""The HTTP face: nothing is answered 2xx before it is durable."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bot.database import deliveries, migrate, open_database
from bot.gitlab_deliveries import Secrets
from bot.inbox import Inbox
from bot.settings import GitLabSettings, Settings, SettingsError
from bot.web import create_app

PAYLOAD = {
    "action": "opened",
    "pull_request": {"number": 1},
    "repository": {"full_name": "acme/ml"},
}


class Bell:
    def __init__(self) -> None:
        self.rows: list[int] = []

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def reaches_workers(self) -> bool:
        return True

    def wake(self, row: int) -> None:
        self.rows.append(row)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    engine = open_database(url)
    yield Inbox(engine)
    engine.dispose()


@pytest.fixture
def client(inbox: Inbox, bell: Bell, tmp_path: Path) -> FlaskClient:
    settings = Settings("", tmp_path, webhook_secrets=("s",))
    return create_app(settings, inbox, bell).test_client()


def post(client: FlaskClient, body: bytes, secret: str = "s", id: str = "1") -> int:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-GitHub-Event": "pull_request",
        "X-GitHub-Delivery": id,
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return client.post("/webhooks/github", data=body, headers=headers).status_code


def kept(inbox: Inbox) -> int:
    with inbox.engine.begin() as connection:
        return connection.execute(select(func.count()).select_from(deliveries)).scalar_one()


def test_a_delivery_is_stored_then_worked_on(client: FlaskClient, inbox: Inbox, bell: Bell) -> None:
    assert post(client, json.dumps(PAYLOAD).encode()) == 202
    assert kept(inbox) == 1
    assert bell.rows == list(inbox.waiting())


def test_what_is_ignored_is_accepted(client: FlaskClient, bell: Bell) -> None:
    assert post(client, b'{"action": "labeled"}') == 202
    assert bell.rows == []


def test_forged_and_unsigned_store_nothing(client: FlaskClient, inbox: Inbox) -> None:
    assert post(client, b"{}", secret="wrong") == 401
    assert client.post("/webhooks/github", data=b"{}").status_code == 401
    assert kept(inbox) == 0


def test_oversized_stores_nothing(client: FlaskClient, inbox: Inbox) -> None:
    assert post(client, b" " * (25 * 1024 * 1024 + 1)) == 413
    assert kept(inbox) == 0


def test_a_locked_database_is_503_and_not_2xx(
    client: FlaskClient, inbox: Inbox, bell: Bell, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "bot.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert post(client, json.dumps(PAYLOAD).encode()) == 503
    assert bell.rows == []
    other.execute("ROLLBACK")
    other.close()
    assert post(client, json.dumps(PAYLOAD).encode()) == 202
    assert kept(inbox) == 1


def test_probes_tell_the_truth(client: FlaskClient, tmp_path: Path, bell: Bell) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz?only=database").status_code == 200
    empty = Inbox(open_database(f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    settings = Settings("", tmp_path, webhook_secrets=("s",))
    unready = create_app(settings, empty, bell).test_client().get("/readyz")
    assert unready.status_code == 503
    assert "lockstitch migrate" in unready.get_json()["reason"]
    empty.engine.dispose()


def test_no_secret_no_server(inbox: Inbox, bell: Bell, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GITHUB_WEBHOOK_SECRET is not set"):
        create_app(Settings("", tmp_path), inbox, bell)


def test_other_paths_are_404(client: FlaskClient) -> None:
    assert client.get("/stats/more").status_code == 404
    assert client.get("/stats", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 404


def test_gitlab_has_an_address_of_its_own(inbox: Inbox, bell: Bell, tmp_path: Path) -> None:
    gitlab = GitLabSettings(token="t", secrets=Secrets(tokens=("s",)))
    settings = Settings("", tmp_path, gitlab=gitlab)
    client = create_app(settings, inbox, bell).test_client()
    headers = {"X-Gitlab-Event": "Merge Request Hook", "Idempotency-Key": "1"}
    body = {
        "object_kind": "merge_request",
        "project": {"path_with_namespace": "acme/ml"},
        "object_attributes": {"iid": 1, "action": "open"},
    }

    def sent(token: str, id: str = "1") -> int:
        more = {**headers, "X-Gitlab-Token": token, "Idempotency-Key": id}
        return client.post("/webhooks/gitlab", json=body, headers=more).status_code

    assert [sent("s"), sent("s"), sent("wrong"), sent("é")] == [202, 202, 401, 401]
    assert post(client, json.dumps(PAYLOAD).encode()) == 401
    item = inbox.lease()
    assert item is not None
    assert (str(item.ref), item.ref.forge, item.generation) == ("acme/ml!1", "gitlab", 1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"object_kind": "pipeline", "project": {"path_with_namespace": "acme/ml"}},
        {"object_kind": "merge_request", "project": {"path_with_namespace": "../../odd name"}},
        {"object_kind": "merge_request", "project": None, "object_attributes": 7},
        {"object_kind": "note", "project": {"path_with_namespace": "acme/ml"}},
        {"event_name": "user_create", "username": "dana"},
        {"event_name": "repository_update", "project": {"path_with_namespace": "acme/ml"}},
    ],
)
def test_gitlab_gets_a_good_answer_for_whatever_is_genuine(
    inbox: Inbox, bell: Bell, tmp_path: Path, body: dict[str, object]
) -> None:
    """It takes a hook out of service that fails, for events that nobody asked for as well."""
    gitlab = GitLabSettings(token="t", secrets=Secrets(tokens=("s",)))
    client = create_app(Settings("", tmp_path, gitlab=gitlab), inbox, bell).test_client()
    headers = {"X-Gitlab-Event": "System Hook", "Idempotency-Key": "1", "X-Gitlab-Token": "s"}
    answer = client.post("/webhooks/gitlab", json=body, headers=headers)
    assert (answer.status_code, answer.get_json()["ignored"]) == (202, True)
    assert inbox.lease() is None


def test_a_bot_for_gitlab_needs_its_secret(inbox: Inbox, bell: Bell, tmp_path: Path) -> None:
    settings = Settings("", tmp_path, gitlab=GitLabSettings(token="t"))
    with pytest.raises(SettingsError, match="GITLAB_WEBHOOK_SECRET"):
        create_app(settings, inbox, bell)
