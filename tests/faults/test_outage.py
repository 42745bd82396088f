"""Nobody listens for an hour: what was missed is asked for, and every head has its end."""

from __future__ import annotations

import time

from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects

MISSED = 500
PULLS = 20


def test_five_hundred_deliveries_are_missed(product: Product) -> None:
    """Pull requests, pushes, and talk that is none of our business, all into the void."""
    forge = product.sandbox.forge
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    processes = list(product.commands)
    for name in processes:
        product.kill(name)
    pulls = [
        product.open(repo, BUCKET + BLOCK, BUCKET + BLOCK + f"# {number}\n", f"change-{number}")
        for number in range(PULLS)
    ]
    for pull in pulls[::2]:
        files: dict[str, bytes | None] = {"main.tf": f"# {pull.number}\n{BUCKET}{OPEN}".encode()}
        forge.push(repo, pull.head, files, "More", "dana")
    forge.hooks.settle(120)
    for number in range(MISSED - len(forge.hooks.log)):
        forge.comment(repo, pulls[number % PULLS], "dana", f"Talk {number}")
    forge.hooks.settle(120)
    assert len(forge.hooks.log) == MISSED
    assert {one.status for one in forge.hooks.log} == {0}
    product.start()
    for number, pull in enumerate(pulls):
        wanted = "success" if number % 2 else "failure"
        assert product.concluded(repo, pull).conclusion == wanted
    product.settle()
    effects(product, repo)
    assert len(repo.checks) == PULLS


def test_told_to_end_while_it_asks_for_what_was_missed(product: Product) -> None:
    """Where it takes minutes to ask, nobody waits for that."""
    forge = product.sandbox.forge
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    for name in list(product.commands):
        product.kill(name)
    pull = product.open(repo, BUCKET + BLOCK, BUCKET + BLOCK + "# x\n")
    for number in range(300):
        forge.comment(repo, pull, "dana", f"Talk {number}")
    forge.hooks.settle(120)
    product.environment.pop("LOCKSTITCH_GITHUB_PAUSE")
    product.start()
    asked = "POST /api/v3/app/hook/deliveries"
    ends = time.monotonic() + 60
    while not any(one.startswith(asked) for one in list(forge.requests)):
        assert time.monotonic() < ends, "nothing is asked for again"
        time.sleep(0.05)
    began = time.monotonic()
    assert product.end("sweeper" if "sweeper" in product.commands else "web") == 0
    assert time.monotonic() - began < 30
    assert sum(one.startswith(asked) for one in forge.requests) < 300
