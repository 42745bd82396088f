"""A run that is killed behind its last write, and the next one, are one conclusion on the forge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import work
from bot.database import migrate, open_database
from bot.deliveries import Wish
from bot.dispatch import run_one
from bot.inbox import DEBOUNCE_SECONDS, MAX_ATTEMPTS, Inbox
from bot.pipeline import COULD_NOT
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import Pull, Repo
from bot.settings import Settings
from bot.work import Worker
from tests.faults.product import BLOCK, BUCKET, OPEN
from tests.service.queue import Clock

NAME = "acme/ml"


class Killed(BaseException):
    """As ``kill -9`` would: nothing behind it is done."""


@dataclass(slots=True)
class Scene:
    clock: Clock
    worker: Worker
    repo: Repo
    pull: Pull

    def run(self) -> None:
        self.clock.now += DEBOUNCE_SECONDS + 1
        item = self.worker.inbox.lease()
        assert item is not None
        self.worker(item)
        self.worker.inbox.finish(item)

    def conclusions(self) -> list[str]:
        assert all(check.status == "completed" for check in self.repo.checks.values())
        return [check.conclusion or "" for check in self.repo.checks.values()]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    sandbox = Sandbox.start(tmp_path / "forge")
    repo = sandbox.forge.create_repository(NAME, {"dana": "write"})
    sandbox.forge.push(repo, "main", {"main.tf": (BUCKET + BLOCK).encode()}, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    sandbox.forge.push(repo, "change", {"main.tf": (BUCKET + OPEN).encode()}, "Open", "dana")
    pull = sandbox.forge.open_pull(repo, "main", "change", "Open", "dana")
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    settings = Settings(
        database_url=url,
        data_dir=tmp_path,
        app_id=APP_ID,
        private_key=sandbox.private_key,
        api_url=sandbox.api_url,
        cache_dir=tmp_path.parent,
        pause=0.0,
    )
    clock = Clock()
    worker = Worker.from_settings(settings, Inbox(open_database(url), clock))
    try:
        yield Scene(clock, worker, repo, pull)
    finally:
        worker.close()
        worker.inbox.engine.dispose()
        sandbox.stop()


def killed_behind_its_last_write(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(work, "record", die)
        with pytest.raises(Killed):
            scene.run()
    scene.worker.inbox.void_leases()


def test_a_head_that_is_told_of_again_has_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_head = Wish(NAME, scene.pull.number, for_head=True)
    scene.worker.inbox.want(of_head)
    killed_behind_its_last_write(scene, monkeypatch)
    scene.worker.inbox.want(of_head)
    scene.run()
    assert scene.conclusions() == ["failure"]
    scene.worker.inbox.want(of_head)
    scene.run()
    assert scene.conclusions() == ["failure"]
    assert len(scene.pull.reviews) == 1


def test_a_head_that_was_given_up_is_judged_once_it_is_told_of_again(scene: Scene) -> None:
    """What killed three attempts may have been the machine, and a conclusion that judges nothing
    is none to stay with.
    """
    inbox = scene.worker.inbox
    of_head = Wish(NAME, scene.pull.number, for_head=True)
    inbox.want(of_head)
    for _ in range(MAX_ATTEMPTS):
        assert inbox.lease() is not None
        inbox.void_leases()
    doomed = inbox.lease()
    assert doomed is not None
    run_one(inbox, doomed, scene.worker, scene.worker.give_up)
    for _ in range(3):
        inbox.want(of_head)
        scene.run()
    titles = [check.output["title"] for check in scene.repo.checks.values()]
    assert titles == [COULD_NOT, "1 finding to fix"]
    assert scene.conclusions() == ["failure", "failure"]


def test_what_is_asked_for_has_one_of_its_own_though_the_head_is_told_of_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_head = Wish(NAME, scene.pull.number, for_head=True)
    scene.worker.inbox.want(of_head)
    scene.run()
    scene.worker.inbox.want(Wish(NAME, scene.pull.number))
    killed_behind_its_last_write(scene, monkeypatch)
    for _ in range(2):
        scene.worker.inbox.want(of_head)
    scene.run()
    assert scene.conclusions() == ["failure", "failure"]
    scene.worker.inbox.want(Wish(NAME, scene.pull.number))
    scene.run()
    assert scene.conclusions() == ["failure"] * 3
