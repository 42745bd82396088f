"""A deploy in the middle of work: SIGTERM, an end within thirty seconds, nothing lost."""

from __future__ import annotations

import time

from bot.cli.ending import LAST_SECONDS
from tests.faults.conftest import HASTE
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, until
from tests.faults.traps import Traps


def test_a_deploy_with_twenty_reviews_under_way(product: Product) -> None:
    repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    for number in range(20):
        product.open(repo, BUCKET + BLOCK, BUCKET + OPEN + f"# {number}\n", f"change-{number}")
    until(lambda: product.backlog.depth().running > 0, "work to begin")
    for name in list(product.commands):
        began = time.monotonic()
        assert product.end(name) in (0, -15)
        assert time.monotonic() - began < 30
    product.start()
    until(lambda: product.redeliver_failures() == 0, "every delivery to be accepted")
    product.settle()
    effects(product, repo)
    assert len(repo.checks) == 20


def test_work_that_does_not_end_is_given_back(hasty: Product) -> None:
    product, traps = hasty, Traps.around(hasty.sandbox)
    repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    stuck = traps.set("ml/compare/", lambda: time.sleep(60), is_after=False)
    pull = product.open(repo, BUCKET + BLOCK, BUCKET + OPEN)
    until(lambda: stuck.sprung == 1, "the work to hang")
    began = time.monotonic()
    worker = "worker" if "worker" in product.commands else "web"
    product.end(worker)
    assert int(HASTE) - 1 < time.monotonic() - began < int(HASTE) + LAST_SECONDS
    product.start(worker)
    assert product.concluded(repo, pull).conclusion == "failure"
    product.settle()
    effects(product, repo)


def test_a_forge_whose_answers_never_end_is_not_waited_for(product: Product) -> None:
    """By none of the threads that ask it something: neither for work nor to greet.

    With nothing set otherwise: thirty seconds are what is promised.
    """
    traps = Traps.around(product.sandbox)
    traps.drips = 90.0
    repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    pull = product.open(repo, BUCKET + BLOCK, BUCKET + OPEN)
    product.sandbox.forge.comment(repo, pull, "dana", "/lockstitch help")
    until(lambda: traps.dripping >= 2, "both to ask")
    ends = time.monotonic() + 30
    for process in product.running.values():
        process.terminate()
    for name in list(product.running):
        left = max(0.1, ends - time.monotonic())
        assert product.running[name].wait(timeout=left) in (0, -15), name
        del product.running[name]
