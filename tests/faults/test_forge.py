"""A forge that fails, refuses, is slow to answer, or answers nonsense."""

from __future__ import annotations

import time

import pytest

from tests.faults.product import BLOCK, BUCKET, Product, effects, until
from tests.faults.standing import Standing
from tests.faults.traps import Broken, Traps


@pytest.fixture
def product(standing: Standing) -> Product:
    return standing.product


@pytest.fixture
def traps(standing: Standing) -> Traps:
    return standing.traps


def test_every_third_request_fails(standing: Standing, product: Product, traps: Traps) -> None:
    """For a while: one that always fails at the same place would never end."""
    traps.broken = Broken(lambda number: number % 3 == 0 and number < 12, 502)
    repo = standing.repository()
    pull = standing.open(repo)
    standing.is_said_once(repo, pull)
    assert traps.broken.met == 3


def test_an_answer_that_is_no_answer(standing: Standing, product: Product, traps: Traps) -> None:
    """A proxy's page with 200, then half of the right one."""
    repo = standing.repository()
    traps.broken = Broken(lambda number: number in (3, 9, 17), 200, b"<html>One moment</html>")
    pull = standing.open(repo)
    standing.is_said_once(repo, pull)
    traps.broken = Broken(lambda number: number in (3, 11), 200, b'{"number": 1, "he')
    product.sandbox.forge.push(repo, "change", {"main.tf": (BUCKET + BLOCK).encode()}, "M", "dana")
    assert product.concluded(repo, pull).conclusion == "success"


@pytest.mark.parametrize(
    "written",
    [
        "POST /api/v3/repos/{repo}/check-runs",
        "POST /api/v3/repos/{repo}/pulls/1/reviews",
        "POST /api/v3/repos/{repo}/issues/1/comments",
        "PATCH /api/v3/repos/{repo}/check-runs",
    ],
)
def test_a_write_is_made_and_nobody_hears_of_it(
    standing: Standing, product: Product, traps: Traps, written: str
) -> None:
    repo = standing.repository()
    trap = traps.set(written.format(repo=repo.name), lambda: None, is_after=True)
    pull = standing.open(repo)
    standing.is_said_once(repo, pull)
    assert trap.sprung == 1


def commits(product: Product) -> int:
    return sum(one[1] == "commit" for one in product.sandbox.forge.world.writes)


def test_a_commit_is_made_and_nobody_hears_of_it(
    standing: Standing, product: Product, traps: Traps
) -> None:
    repo = standing.repository()
    pull = standing.open(repo)
    standing.is_said_once(repo, pull)
    before = commits(product)
    trap = traps.set("createCommitOnBranch", lambda: None, is_after=True)
    product.sandbox.forge.comment(repo, pull, "dana", "/lockstitch fix")
    until(lambda: trap.sprung == 1, "the commit")
    product.sandbox.forge.hooks.settle()
    product.settle()
    assert commits(product) == before + 1
    assert product.concluded(repo, pull).conclusion == "success"


@pytest.mark.parametrize("status", [403, 429])
def test_asked_to_wait_nothing_is_sent_meanwhile(
    standing: Standing, product: Product, traps: Traps, status: int
) -> None:
    said = "You have exceeded a secondary rate limit."
    headers = {"Retry-After": "4"}
    repo = standing.repository()
    at: list[float] = []
    asked = f"GET /api/v3/repos/{repo.name}/compare/"
    # Of this repository: the product may still be busy with one of another test.
    product.sandbox.forge.fail_next(1, status, said, headers, asked)
    traps.set(asked, lambda: at.append(time.monotonic()), is_after=False, times=100)
    pull = standing.open(repo)
    standing.is_said_once(repo, pull)
    first, second, *_ = at
    assert second - first >= 3.5


def test_hostile_files_stop_their_own_review_only(standing: Standing, product: Product) -> None:
    hostile = {
        "deep": "a = " + "[" * 3_000 + "]" * 3_000,
        "chain": "a = " + " + ".join(["1"] * 5_000),
        "wide": 'a = "' + "x" * 600_000 + '"',
        "open": "a = <<EOT\n" + "${" * 500,
        "odd": 'resource "a" "b" {\x00 = \ufffe}\n',
        "bytes": BUCKET + "\udcff\udcfe",
        "turned": BUCKET + 'locals {\n  "\u202eadmin\u2066" = 1\n}\n',
    }
    repo, pulls = standing.repository(), {}
    for name, text in hostile.items():
        head = BUCKET + BLOCK + text.encode("utf-8", "surrogateescape").decode("latin-1")
        pulls[name] = product.open(repo, BUCKET + BLOCK, head, name)
    innocent = standing.repository()
    pull = standing.open(innocent)
    standing.is_said_once(innocent, pull)
    for name, held in pulls.items():
        check = product.concluded(repo, held)
        assert check.conclusion in ("failure", "success"), name
        if name in ("deep", "wide", "open"):
            assert check.conclusion == "failure", name
    product.settle()
    effects(product, repo)
    assert product.is_up()
