"""Deliveries without a pause while processes are killed: what the kill test and the soak share."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select

from bot.database import work
from bot.inbox import MAX_ATTEMPTS
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, until

HEADS = (BUCKET + OPEN, BUCKET + BLOCK + "# x\n", BUCKET + BLOCK)


@dataclass(frozen=True, slots=True)
class KillRun:
    """One in ``push_every`` deliveries is a push, the others come again under new ids."""

    deliveries: int
    kills: int
    pulls: int = 40
    push_every: int = 10
    seed: int = 8
    patience: float = 300.0


def _may_be_killed(product: Product) -> bool:
    """Whether nobody is at the last attempt."""
    tries = select(func.max(work.c.attempts)).where(work.c.wanted > work.c.done)
    with product.backlog.engine.connect() as connection:
        return (connection.execute(tries).scalar() or 0) < MAX_ATTEMPTS


def endure(product: Product, run: KillRun, say: Callable[[str], None] = lambda _: None) -> None:
    """Send, kill, start again, and hold what is left against what should be."""
    chance = random.Random(run.seed)
    forge = product.sandbox.forge
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    pulls = [
        # Contents of its own: two pull requests with one head would share a place for checks.
        product.open(
            repo, BUCKET + BLOCK, chance.choice(HEADS[:2]) + f"# of {number}\n", f"change-{number}"
        )
        for number in range(run.pulls)
    ]
    forge.hooks.settle(120)
    opened = [one for one in forge.hooks.log if one.event == "pull_request"]
    assert len(opened) == run.pulls
    killable = ["web"] if "worker" not in product.commands else ["web", "worker", "worker"]
    moments = set(chance.sample(range(run.pulls, run.deliveries), run.kills))
    kills = 0
    for number in range(run.pulls, run.deliveries):
        if number % run.push_every == 0:
            pull = chance.choice(pulls)
            text = chance.choice(HEADS) + f"# {number} of {pull.number}\n"
            forge.push(repo, pull.head, {"main.tf": text.encode()}, "More", "dana")
        else:
            one = chance.choice(opened)
            forge.hooks.send(one.event, one.payload)
        if number in moments:
            # What three kills meet is given up, by design; here nothing is.
            until(partial(_may_be_killed, product), "the third attempt at something to end")
            name = chance.choice(killable)
            product.kill(name)
            kills += 1
            product.start(name)
            say(f"delivery {number}: killed {name}, {kills} of {run.kills}")
    forge.hooks.settle(run.patience)
    assert kills == run.kills
    until(lambda: product.redeliver_failures() == 0, "every delivery to be accepted")
    ours = {one.id for one in forge.hooks.log if one.event == "pull_request"}
    assert len(ours) == run.deliveries
    product.settle(run.patience)
    effects(product, repo)
    assert product.backlog.depth().dead == 0
    for pull in pulls:
        is_open = "= false" in repo.git.file(pull.head_sha, "main.tf").decode()
        check = product.concluded(repo, pull)
        assert check.conclusion == ("failure" if is_open else "success")
