"""Both shapes of the product."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import servers
from tests.faults.product import Product, embedded, production
from tests.faults.standing import Standing
from tests.faults.traps import Traps

SHAPES: Final = ["embedded", "production"]
HASTE: Final = "4"
"""Seconds; whoever waits for the default waits for twenty."""
_PLACES: Final = itertools.count(1)


class Together(LoadScopeScheduling):  # type: ignore[misc] # xdist tells no types to subclasses
    """Tests that share a product are for one process of xdist; each of the others is for any."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, name = nodeid.partition("::")
        if path.endswith("test_broker.py"):
            return "shop"
        if path.endswith(("test_forge.py", "test_pushes.py")):
            return next(shape for shape in SHAPES if shape in name)
        return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first: nobody waits for one at the end."""
    items.sort(key=lambda item: "faults/test_kills" not in item.nodeid)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def broker_url(redis_server: str) -> str:
    """A place of its own in the one broker."""
    return servers.redis_place(redis_server, next(_PLACES))


@pytest.fixture(params=SHAPES)
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    with shape(request, tmp_path) as started:
        yield started


@pytest.fixture(params=SHAPES)
def hasty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    """A product that lets work go on for a few seconds only once it is told to end."""
    with shape(request, tmp_path, HASTE) as started:
        yield started


def shape(
    request: pytest.FixtureRequest, directory: Path, drain: str = ""
) -> AbstractContextManager[Product]:
    if request.param == "embedded":
        return embedded(directory, LOCKSTITCH_DRAIN=drain)
    server: str = request.getfixturevalue("postgres_server")
    broker: str = request.getfixturevalue("redis_server")
    place = servers.redis_place(broker, next(_PLACES))
    database = servers.empty_database(server)
    return production(directory, database, place, LOCKSTITCH_DRAIN=drain)


@pytest.fixture(scope="session", params=SHAPES)
def _started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    with shape(request, tmp_path_factory.mktemp("standing")) as product:
        standing = Standing(product, Traps.around(product.sandbox))
        if "worker" in product.commands:
            standing.start_second_server()
        yield standing


@pytest.fixture
def standing(_started: Standing) -> Iterator[Standing]:
    """One product a shape for many tests; each has a repository of its own."""
    yield _started
    _started.traps.held.clear()
    _started.traps.broken = None


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Product]:
    """The embedded shape only."""
    with embedded(tmp_path) as started:
        yield started
