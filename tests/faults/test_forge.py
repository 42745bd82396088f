"""A forge that fails, refuses, is slow to answer, or answers nonsense."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.state import BOT_LOGIN, Pull, Repo
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, embedded, until
from tests.faults.traps import Broken, Traps

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, Traps]]:
    """One product for all of these; each has a repository of its own."""
    with embedded(tmp_path_factory.mktemp("forge")) as product:
        yield product, Traps.around(product.sandbox)


@pytest.fixture
def product(running: tuple[Product, Traps]) -> Product:
    return running[0]


@pytest.fixture
def traps(running: tuple[Product, Traps]) -> Iterator[Traps]:
    yield running[1]
    running[1].held.clear()
    running[1].broken = None


def repository(product: Product) -> Repo:
    return product.sandbox.forge.create_repository(f"acme/ml-{next(NUMBERS)}", {"dana": "write"})


def opened(product: Product, repo: Repo) -> Pull:
    own = f"# {repo.name}\n"  # or contents would be known from the repository before
    return product.open(repo, own + BUCKET + BLOCK, own + BUCKET + OPEN)


def is_said_once(product: Product, repo: Repo, pull: Pull) -> None:
    assert product.concluded(repo, pull).conclusion == "failure"
    product.settle()
    effects(product, repo)
    assert len(pull.reviews) == 1
    assert len(repo.checks) == 1
    assert [c.author for c in pull.conversation.values()] == [BOT_LOGIN]


def test_every_third_request_fails(product: Product, traps: Traps) -> None:
    """For a while: one that always fails at the same place would never end."""
    traps.broken = Broken(lambda number: number % 3 == 0 and number < 12, 502)
    repo = repository(product)
    pull = opened(product, repo)
    is_said_once(product, repo, pull)
    assert traps.broken.met == 3


def test_an_answer_that_is_no_answer(product: Product, traps: Traps) -> None:
    """A proxy's page with 200, then half of the right one."""
    repo = repository(product)
    traps.broken = Broken(lambda number: number in (3, 9, 17), 200, b"<html>One moment</html>")
    pull = opened(product, repo)
    is_said_once(product, repo, pull)
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
    product: Product, traps: Traps, written: str
) -> None:
    repo = repository(product)
    trap = traps.set(written.format(repo=repo.name), lambda: None, is_after=True)
    pull = opened(product, repo)
    is_said_once(product, repo, pull)
    assert trap.sprung == 1


def test_a_commit_is_made_and_nobody_hears_of_it(product: Product, traps: Traps) -> None:
    repo = repository(product)
    pull = opened(product, repo)
    is_said_once(product, repo, pull)
    trap = traps.set("createCommitOnBranch", lambda: None, is_after=True)
    product.sandbox.forge.comment(repo, pull, "dana", "/lockstitch fix")
    until(lambda: trap.sprung == 1, "the commit")
    product.sandbox.forge.hooks.settle()
    product.settle()
    commits = [one for one in product.sandbox.forge.world.writes if one[1] == "commit"]
    assert len(commits) == 1
    assert product.concluded(repo, pull).conclusion == "success"


@pytest.mark.parametrize("status", [403, 429])
def test_asked_to_wait_nothing_is_sent_meanwhile(
    product: Product, traps: Traps, status: int
) -> None:
    said = "You have exceeded a secondary rate limit."
    headers = {"Retry-After": "4"}
    product.sandbox.forge.fail_next(1, status, said, headers, "/compare/")
    repo = repository(product)
    at: list[float] = []
    asked = f"GET /api/v3/repos/{repo.name}/compare/"
    traps.set(asked, lambda: at.append(time.monotonic()), is_after=False, times=100)
    pull = opened(product, repo)
    is_said_once(product, repo, pull)
    first, second, *_ = at
    assert second - first >= 3.5


def test_hostile_files_stop_their_own_review_only(product: Product, tmp_path: Path) -> None:
    del tmp_path
    hostile = {
        "deep": "a = " + "[" * 3_000 + "]" * 3_000,
        "chain": "a = " + " + ".join(["1"] * 5_000),
        "wide": 'a = "' + "x" * 600_000 + '"',
        "open": "a = <<EOT\n" + "${" * 500,
        "odd": 'resource "a" "b" {\x00 = \ufffe}\n',
        "bytes": BUCKET + "\udcff\udcfe",
        "turned": BUCKET + 'locals {\n  "\u202eadmin\u2066" = 1\n}\n',
    }
    repo, pulls = repository(product), {}
    for name, text in hostile.items():
        head = BUCKET + BLOCK + text.encode("utf-8", "surrogateescape").decode("latin-1")
        pulls[name] = product.open(repo, BUCKET + BLOCK, head, name)
    innocent = repository(product)
    pull = opened(product, innocent)
    is_said_once(product, innocent, pull)
    for name, held in pulls.items():
        check = product.concluded(repo, held)
        assert check.conclusion in ("failure", "success"), name
        if name in ("deep", "wide", "open"):
            assert check.conclusion == "failure", name
    product.settle()
    effects(product, repo)
    assert product.is_up()
