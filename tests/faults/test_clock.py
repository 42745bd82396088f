"""Clocks that are wrong by ten minutes: whose a lease is, and how long, is the database's time."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.sandbox.state import Repo
from tests import servers
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, embedded, production, until
from tests.faults.traps import Traps
from tests.faults.wrong_clock import set_clock

WRONG = 600.0
LEAST = {
    "datetime.now": 1,
    "datetime.today": 99,
    "datetime.utcnow": 99,
    "datetime.fromtimestamp": 2,
    "date.today": 99,
    "date.fromtimestamp": 99,
    "time.strftime": 2,
    "time.localtime": 99,
    "time.mktime": 99,
}
"""Arguments without which a call means this place's own hour; 99 where it always does."""


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Product]:
    """Not started yet."""
    with embedded(tmp_path, starts=False) as product:
        yield product


def repository(product: Product) -> Repo:
    return product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})


def turn_server(url: str, ahead: float) -> None:
    """This database's server is asked for the time, and is wrong: a name found before its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA wrong")
        connection.execute(
            "CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
            f"$$SELECT pg_catalog.clock_timestamp() + interval '{ahead} seconds'$$".encode()
        )
        name = url.rpartition("/")[2]
        connection.execute(
            f"ALTER DATABASE {name} SET search_path = wrong, pg_catalog, public".encode()
        )


def test_no_two_processes_agree(tmp_path: Path, postgres_server: str, broker_url: str) -> None:
    """Reviews that take longer than a lease, pushes that wait for the next one, and no two clocks
    that agree: nothing is taken from whoever works on it, nothing is put off for ten minutes.
    """
    url = servers.empty_database(postgres_server)
    turn_server(url, WRONG)
    with production(tmp_path, url, broker_url, starts=False, LOCKSTITCH_LEASE="1") as product:
        product.commands["worker"][-1] = "1"
        product.commands["worker-2"] = product.commands["worker"]
        set_clock(product, "web", WRONG * 2)
        set_clock(product, "worker", -WRONG)
        set_clock(product, "worker-2", WRONG / 2)
        set_clock(product, "sweeper", -WRONG * 2)
        traps = Traps.around(product.sandbox)
        reads = traps.set("ml/compare/", lambda: time.sleep(3), is_after=False, times=100)
        product.start()
        repo, began = repository(product), time.monotonic()
        pulls = [
            product.open(repo, BUCKET + BLOCK, BUCKET + OPEN + f"# {number}\n", f"change-{number}")
            for number in range(3)
        ]
        for pull in pulls:
            assert product.concluded(repo, pull).conclusion == "failure"
        product.settle()
        assert reads.sprung == len(pulls)
        assert len(repo.checks) == len(pulls)
        reads.times = 0
        for text in (BLOCK + "# one\n", OPEN, BLOCK):
            files: dict[str, bytes | None] = {"main.tf": (BUCKET + text).encode()}
            product.sandbox.forge.push(repo, pulls[0].head, files, "More", "dana")
        assert product.concluded(repo, pulls[0]).conclusion == "success"
        product.settle()
        effects(product, repo)
        assert time.monotonic() - began < WRONG / 3


@pytest.mark.parametrize("ahead", [-WRONG, WRONG])
def test_a_machine_that_is_wrong_works_and_says_so(alone: Product, ahead: float) -> None:
    set_clock(alone, "web", ahead)
    alone.start()
    repo = repository(alone)
    pull = alone.open(repo, BUCKET + BLOCK, BUCKET + OPEN)
    assert alone.concluded(repo, pull).conclusion == "failure"
    until(lambda: "GitHub" in alone.readiness()[1]["clock"], "a look at the clock")
    status, checks = alone.readiness()
    way = "ahead of" if ahead > 0 else "behind"
    assert (status, checks["credentials"]) == (503, "good")
    assert re.match(rf"This clock is (59|60)\d seconds {way} GitHub's\.", checks["clock"])


def test_a_clock_that_is_set_while_work_goes_on(alone: Product) -> None:
    set_clock(alone, "web", -WRONG)
    alone.start()
    traps = Traps.around(alone.sandbox)

    def set_right() -> None:
        set_clock(alone, "web", WRONG)
        time.sleep(3)

    reads = traps.set("ml/compare/", set_right, is_after=False, times=10)
    repo = repository(alone)
    pull = alone.open(repo, BUCKET + BLOCK, BUCKET + OPEN)
    check = alone.concluded(repo, pull)
    alone.settle()
    assert (check.conclusion, reads.sprung, len(pull.reviews)) == ("failure", 1, 1)
    assert "could not" not in check.output["title"].lower()
    effects(alone, repo)


def test_the_hour_of_the_place_changes_nothing() -> None:
    """Nobody asks what time it is here: every moment is seconds of the epoch, or says its zone."""
    for path in (Path(__file__).parents[2] / "bot").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call):
                name = ast.unparse(call.func)
                given = len(call.args) + len(call.keywords)
                assert given >= LEAST.get(name, 0), f"{path}:{call.lineno}"
