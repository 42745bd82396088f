"""Whatever the broker loses, nothing is lost: it only wakes workers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.sandbox.state import Pull, Repo
from bot.worker import create_celery
from tests import servers
from tests.faults.broker import Broker, Way
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, production, until

RECOVERS = 240.0
"""Generous, for a busy machine; a quiet one needs a tenth of it."""


@dataclass(slots=True)
class Shop:
    """The production shape, whose way to the broker can be blocked."""

    product: Product
    broker: Broker
    way: Way
    repo: Repo
    pulls: list[Pull]

    def open(self, count: int) -> None:
        """So many pull requests more."""
        for _ in range(count):
            number = len(self.pulls)
            head = BUCKET + OPEN + f"# {number}\n"
            self.pulls.append(
                self.product.open(self.repo, BUCKET + BLOCK, head, f"change-{number}")
            )
        self.product.sandbox.forge.hooks.settle(60)

    @property
    def answers(self) -> set[int]:
        """What webhooks were answered."""
        return {one.status for one in self.product.sandbox.forge.hooks.log}

    def recovers(self) -> None:
        """Every head has its conclusion, and only one."""
        ends = time.monotonic() + RECOVERS
        for pull in self.pulls:
            left = max(1.0, ends - time.monotonic())
            assert self.product.concluded(self.repo, pull, left).conclusion == "failure"
        self.product.settle()
        effects(self.product, self.repo)
        assert len(self.repo.checks) == len(self.pulls)


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str, redis_server: str
) -> Iterator[Shop]:
    """``redis_server`` is asked for so that a machine without one says so as the others do."""
    del redis_server
    directory = tmp_path_factory.mktemp("shop")
    broker = Broker(directory)
    broker.start()
    way = Way(broker.port)
    database = servers.empty_database(postgres_server)
    try:
        with production(directory, database, way.url) as product:
            repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
            yield Shop(product, broker, way, repo, [])
    finally:
        way.close()
        broker.kill()


def test_the_broker_is_emptied_while_messages_wait(shop: Shop) -> None:
    shop.product.kill("worker")
    shop.open(3)
    shop.broker.flush()
    shop.product.start("worker")
    shop.recovers()
    assert shop.answers == {202}


def test_the_broker_is_killed_and_away_and_comes_back_empty(shop: Shop) -> None:
    shop.open(2)
    shop.broker.kill()
    shop.open(2)
    assert shop.answers == {202}
    status, checks = shop.product.readiness()
    assert (status, checks["database"]) == (503, "good")
    assert checks["broker"].startswith("The broker does not answer")
    shop.broker.start()
    shop.recovers()
    until(lambda: shop.product.readiness()[0] == 200, "all to be good")


def test_the_broker_takes_everything_and_says_nothing(shop: Shop) -> None:
    shop.way.block()
    shop.open(2)
    assert shop.answers == {202}
    shop.way.free()
    shop.recovers()


def test_a_worker_never_gives_the_broker_up() -> None:
    """Celery would, after a hundred tries, and nobody would start it again."""
    conf = create_celery("redis://127.0.0.1:9/0").conf
    assert conf.broker_connection_max_retries is None
    assert conf.broker_connection_retry_on_startup


def test_two_sweepers_do_nothing_twice(shop: Shop) -> None:
    shop.product.commands["sweeper-2"] = shop.product.commands["sweeper"]
    shop.product.start("sweeper-2")
    shop.product.kill("worker")
    shop.open(4)
    until(lambda: shop.product.backlog.depth().ready == 4, "the rows")
    time.sleep(6)
    shop.product.start("worker")
    shop.recovers()
