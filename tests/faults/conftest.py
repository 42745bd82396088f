"""Both shapes of the product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests import servers
from tests.faults.product import Product, embedded, production


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["embedded", "production"])
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    with shape(request, tmp_path) as started:
        yield started


def shape(request: pytest.FixtureRequest, tmp_path: Path) -> AbstractContextManager[Product]:
    if request.param == "embedded":
        return embedded(tmp_path)
    server: str = request.getfixturevalue("postgres_server")
    broker: str = request.getfixturevalue("redis_server")
    return production(tmp_path, servers.empty_database(server), broker)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Product]:
    """The embedded shape only."""
    with embedded(tmp_path) as started:
        yield started
