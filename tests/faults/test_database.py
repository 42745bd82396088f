"""A database that is locked, full or away: 503, never a false 2xx, and it heals."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bot.sandbox.state import Pull, Repo
from tests import servers
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, production, until


def opened(product: Product, count: int) -> tuple[Repo, list[Pull]]:
    repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    pulls = [
        product.open(repo, BUCKET + BLOCK, BUCKET + OPEN + f"# {number}\n", f"change-{number}")
        for number in range(count)
    ]
    product.sandbox.forge.hooks.settle(60)
    return repo, pulls


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


@contextmanager
def shut(server: str, name: str) -> Iterator[None]:
    """As its clients see a restart: every connection ends, and no new one is taken for a while."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        ends = b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        admin.execute(ends, (name,))
        try:
            yield
        finally:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


def test_a_server_that_restarts(tmp_path: Path, postgres_server: str, redis_server: str) -> None:
    url = servers.empty_database(postgres_server)
    with production(tmp_path, url, redis_server) as product:
        name = url.rpartition("/")[2]
        with shut(postgres_server, name):
            repo, pulls = opened(product, 2)
            assert set(answers(product)) == {503}
        heals(product, repo, pulls)
        again = product.open(repo, BUCKET + BLOCK, BUCKET + OPEN + "# more\n", "more")
        product.sandbox.forge.hooks.settle()
        with shut(postgres_server, name):
            time.sleep(2)
        heals(product, repo, [*pulls, again])
