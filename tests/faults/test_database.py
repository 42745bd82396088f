"""A database that is locked, full or away: 503, never a false 2xx, and it heals."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.database import migrate
from bot.sandbox.state import Pull, Repo
from tests import servers
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, embedded, production, until


def opened(product: Product, count: int) -> tuple[Repo, list[Pull]]:
    repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    pulls = [numbered(product, repo, number) for number in range(count)]
    product.sandbox.forge.hooks.settle(60)
    return repo, pulls


def numbered(product: Product, repo: Repo, number: int) -> Pull:
    text = BUCKET + OPEN + f"# {number}\n"
    return product.open(repo, BUCKET + BLOCK, text, f"change-{number}")


def heals(product: Product, repo: Repo, pulls: list[Pull]) -> None:
    until(lambda: product.redeliver_failures() == 0, "every delivery to be accepted")
    for pull in pulls:
        assert product.concluded(repo, pull).conclusion == "failure"
    product.settle()
    effects(product, repo)
    assert len(repo.checks) == len(pulls)


def answers(product: Product) -> list[int]:
    return [one.status for one in product.sandbox.forge.hooks.log]


def test_a_database_that_somebody_locks(alone: Product) -> None:
    path = alone.directory / "bot.sqlite3"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")

    def release() -> None:
        time.sleep(6)
        other.execute("ROLLBACK")

    holding = threading.Thread(target=release)
    holding.start()
    repo, pulls = opened(alone, 2)
    holding.join()
    other.close()
    assert answers(alone)[0] == 503
    heals(alone, repo, pulls)


@contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """No file of this process may grow: what a full disk says, but for this process alone."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_is_full(alone: Product) -> None:
    with full_disk(alone.running["web"].pid):
        repo, pulls = opened(alone, 2)
        assert set(answers(alone)) == {503}
        assert alone.is_up()
    heals(alone, repo, pulls)
    with sqlite3.connect(alone.directory / "bot.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_log_that_is_full(tmp_path: Path) -> None:
    """It loses what is said from the first word to the last, and nothing else."""
    with embedded(tmp_path, starts=False) as product:
        (tmp_path / "web.log").symlink_to("/dev/full")
        product.start()
        repo, pulls = opened(product, 2)
        assert set(answers(product)) == {202}
        heals(product, repo, pulls)
        assert product.end("web") == 0


def test_a_hundred_writes_are_torn(tmp_path: Path) -> None:
    """kill -9 in the middle of a hundred writes: whatever was said to be kept is kept."""
    path = tmp_path / "bot.sqlite3"
    migrate(f"sqlite:///{path}")
    program = [sys.executable, "-m", "tests.faults.torn_writes", f"sqlite:///{path}", "100"]
    told = subprocess.run(program, check=True, capture_output=True, text=True).stdout.split()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        there = {row[0] for row in database.execute("SELECT pull FROM work")}
    assert len(told) >= 100
    assert {f"github:acme/ml#{number}" for number in told} <= there


def test_a_server_that_crashes_and_is_started_again(tmp_path: Path, broker_url: str) -> None:
    """While work goes on and more comes in; nobody ends connections politely."""
    with (
        servers.own_postgres() as server,
        production(tmp_path, servers.empty_database(server.url), broker_url) as product,
    ):
        repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
        pulls = [numbered(product, repo, number) for number in range(4)]
        until(lambda: product.backlog.depth().running > 0, "work to begin")
        server.stop("immediate")
        before = len(answers(product))
        pulls += [numbered(product, repo, number) for number in range(4, 6)]
        product.sandbox.forge.hooks.settle(60)
        assert set(answers(product)[before:]) == {503}
        assert product.is_up()
        status, checks = product.readiness()
        assert (status, checks["database"]) == (503, "The database does not answer.")
        server.start()
        heals(product, repo, pulls)
        assert product.readiness()[1]["database"] == "good"
        pulls += [numbered(product, repo, 6)]
        server.stop("fast")
        server.start()
        heals(product, repo, pulls)
