"""A command is acknowledged at once: behind no review, no other pull request, and no worker."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.database import migrate, open_database
from bot.deliveries import Delivery, Wish
from bot.inbox import Inbox
from bot.sandbox.pages import latest_check
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Pull
from tests.faults.product import until
from tests.faults.traps import Trap, Traps
from tests.journeys.conftest import Journey, environment_of, settings_for
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

READS_THE_DIFF = {"github": "/compare/", "gitlab": "/versions"}


@contextmanager
def standing_still(journey: Journey) -> Iterator[Trap]:
    """Whoever reads a diff does not come back from it."""
    goes_on = threading.Event()

    def stand() -> None:
        goes_on.wait(60)

    match = READS_THE_DIFF[journey.sandbox.kind]
    try:
        yield Traps.around(journey.sandbox).set(match, stand, is_after=False, times=100)
    finally:
        goes_on.set()


def is_concluded(journey: Journey, pull: Pull) -> bool:
    check = latest_check(journey.repo, pull.head_sha)
    return check is not None and check.status == "completed"


def test_while_its_own_review_runs_and_every_worker_is_busy(journey: Journey) -> None:
    forge, repo = journey.sandbox.forge, journey.repo
    with standing_still(journey) as trap:
        first = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
        repo.git.branch("other", repo.git.head("change"))
        pulls = [
            first,
            *(forge.open_pull(repo, "main", "other", f"Other {n}", "dana") for n in range(3)),
        ]
        journey.until(lambda: trap.sprung >= 2, "both workers to be at it")
        said = [forge.comment(repo, pull, "dana", "/lockstitch help") for pull in pulls]
        journey.until(
            lambda: all((journey.bot, "eyes") in one.reactions for one in said), "reactions"
        )
        assert not any(is_concluded(journey, pull) for pull in pulls)
        assert journey.writes("comment") == 0
    for pull in pulls:
        journey.until(lambda pull=pull: len(journey.summaries(pull)) == 2, "an answer")  # type: ignore[misc] # mypy takes no default in a lambda for what it is
    assert all(len(one.reactions) == 1 for one in said)


@pytest.fixture
def sandbox(tmp_path: Path, forge_kind: str) -> Iterator[Sandbox]:
    started = Sandbox.start(tmp_path / "forge", kind=forge_kind)
    yield started
    started.stop()


def test_by_the_sweeper_where_there_is_no_worker_and_no_broker(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    forge = sandbox.forge
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    forge.push(repo, "main", {"README.md": b"a\n"}, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    forge.push(repo, "change", {"README.md": b"b\n"}, "Change", "dana")
    pull = forge.open_pull(repo, "main", "change", "A change", "dana")
    comment = forge.comment(repo, pull, "dana", "/lockstitch help")
    settings = settings_for(sandbox, tmp_path, "redis://127.0.0.1:9/0")
    migrate(settings.database_url)
    inbox = Inbox(open_database(settings.database_url))
    wish = Wish(repo.name, pull.number, login="dana", body=comment.body, comment_id=comment.id)
    wish = replace(wish, forge=sandbox.kind)
    sweeper = subprocess.Popen(
        [sys.executable, "-m", "bot", "sweeper"],
        env=environment_of(settings, tmp_path),
        stderr=subprocess.DEVNULL,
    )
    try:
        inbox.accept(Delivery("d-1", "a comment", "created", wish, sandbox.kind))
        until(lambda: bool(comment.reactions), "a reaction")
    finally:
        sweeper.terminate()
        sweeper.wait(timeout=30)
        inbox.engine.dispose()
    assert comment.reactions == [(forge.bot, "eyes")]
    assert len(pull.conversation) == 1  # nobody has answered yet
