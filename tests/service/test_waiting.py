"""A review that may not be said yet: its check says when, and it is said then, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.database import migrate, open_database
from bot.dispatch import run_one
from bot.inbox import Inbox
from bot.pace import CONTENTS, LocalSlots, Pace
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import BOT_LOGIN, Pull
from bot.settings import Settings
from bot.work import Worker
from tests.faults.product import BLOCK, BUCKET, OPEN
from tests.service.queue import Clock, delivery


@pytest.fixture
def worker(tmp_path: Path, sandbox: Sandbox) -> Iterator[Worker]:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    settings = Settings(
        database_url=url,
        data_dir=tmp_path,
        webhook_secrets=("s",),
        app_id=APP_ID,
        private_key=sandbox.private_key,
        api_url=sandbox.api_url,
        cache_dir=tmp_path.parent,
    )
    clock = Clock()
    inbox = Inbox(open_database(url), clock)
    made = Worker.from_settings(settings, inbox)
    made.pace = Pace(LocalSlots(clock), 0.001, clock, lambda _: None)
    yield made
    made.close()
    inbox.engine.dispose()


def opened(sandbox: Sandbox) -> Pull:
    forge = sandbox.forge
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    forge.push(repo, "main", {"main.tf": (BUCKET + BLOCK).encode()}, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    forge.push(repo, "change", {"main.tf": (BUCKET + OPEN).encode()}, "Change", "dana")
    return forge.open_pull(repo, "main", "change", "A change", "dana")


def run(worker: Worker) -> bool:
    item = worker.inbox.lease()
    if item is not None:
        run_one(worker.inbox, item, worker, worker.give_up)
    return item is not None


def test_a_review_waits_for_its_place(worker: Worker, sandbox: Sandbox) -> None:
    pull, clock = opened(sandbox), worker.inbox.clock
    assert isinstance(clock, Clock)
    worker.pace.slots.book("github:acme:contents", CONTENTS, CONTENTS.burst + 120, float("inf"))
    worker.inbox.accept(delivery(1))
    assert run(worker)
    (check,) = sandbox.forge.world.repos["acme/ml"].checks.values()
    assert (check.status, check.output["title"]) == ("in_progress", "Waiting for the host's limit")
    assert "at about 14:07 UTC" in check.output["summary"]
    assert not pull.reviews
    assert not run(worker)
    clock.now += 1_225
    assert run(worker)
    assert (check.status, check.conclusion) == ("completed", "failure")
    assert len(pull.reviews) == 1
    assert [c.author for c in pull.conversation.values()] == [BOT_LOGIN]


def test_a_token_that_ended_is_minted_anew_once(worker: Worker, sandbox: Sandbox) -> None:
    opened(sandbox)
    worker.inbox.accept(delivery(1))
    assert run(worker)
    world = sandbox.forge.world
    minted = len(world.installations)
    now = world.clock() + 3_700
    world.clock = lambda: now
    worker.inbox.accept(delivery(1, "again"))
    assert isinstance(worker.inbox.clock, Clock)
    worker.inbox.clock.now += 1
    assert run(worker)
    assert len(world.installations) == minted + 1
    checks = list(world.repos["acme/ml"].checks.values())
    assert [check.status for check in checks] == ["completed"] * len(checks)
