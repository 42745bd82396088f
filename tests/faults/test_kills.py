"""Nothing lost, nothing twice, whatever is killed and whenever."""

from __future__ import annotations

import random

import pytest

from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, until
from tests.faults.traps import Traps

DELIVERIES, KILLS, PULLS = 1_000, 10, 40


def test_a_thousand_deliveries_and_ten_kills(product: Product) -> None:
    chance = random.Random(8)
    forge = product.sandbox.forge
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    heads = (BUCKET + OPEN, BUCKET + BLOCK + "# x\n", BUCKET + BLOCK)
    pulls = [
        # Contents of its own: two pull requests with one head would share a place for checks.
        product.open(
            repo, BUCKET + BLOCK, chance.choice(heads[:2]) + f"# of {number}\n", f"change-{number}"
        )
        for number in range(PULLS)
    ]
    forge.hooks.settle()
    opened = [one for one in forge.hooks.log if one.event == "pull_request"]
    assert len(opened) == PULLS
    killable = ["web"] if "worker" not in product.commands else ["web", "worker", "worker"]
    moments = set(chance.sample(range(PULLS, DELIVERIES), KILLS))
    kills = 0
    for number in range(PULLS, DELIVERIES):
        if number % 20 == 0:
            pull = chance.choice(pulls)
            text = chance.choice(heads) + f"# {number} of {pull.number}\n"
            forge.push(repo, pull.head, {"main.tf": text.encode()}, "More", "dana")
        else:
            one = chance.choice(opened)
            forge.hooks.send(one.event, one.payload)
        if number in moments:
            name = chance.choice(killable)
            product.kill(name)
            kills += 1
            product.start(name)
    forge.hooks.settle(120)
    assert kills == KILLS
    until(lambda: product.redeliver_failures() == 0, "every delivery to be accepted")
    ours = {one.id for one in forge.hooks.log if one.event == "pull_request"}
    assert len(ours) == DELIVERIES
    product.settle()
    effects(product, repo)
    assert product.backlog.depth().dead == 0
    for pull in pulls:
        is_open = "= false" in repo.git.file(pull.head_sha, "main.tf").decode()
        check = product.concluded(repo, pull)
        assert check.conclusion == ("failure" if is_open else "success")


STAGES = {
    "right after the delivery was stored": ("POST /api/v3/app/installations/", False),
    "before the pull request is read": ("GET /api/v3/repos/acme/ml/pulls/1 ", False),
    "after the check was created": ("POST /api/v3/repos/acme/ml/check-runs", True),
    "while the diff is read": ("GET /api/v3/repos/acme/ml/compare/", True),
    "while contents are read": ("isBinary", True),
    "while threads are read": ("reviewThreads", False),
    "before the review is posted": ("POST /api/v3/repos/acme/ml/pulls/1/reviews", False),
    "after the review was posted": ("POST /api/v3/repos/acme/ml/pulls/1/reviews", True),
    "after the summary was posted": ("POST /api/v3/repos/acme/ml/issues/1/comments", True),
    "before the conclusion": ("PATCH /api/v3/repos/acme/ml/check-runs", False),
    "after the conclusion": ("PATCH /api/v3/repos/acme/ml/check-runs", True),
}


@pytest.mark.parametrize("product", ["embedded", "production"], indirect=True)
def test_killed_at_every_stage(product: Product) -> None:
    """One process, killed at each stage in turn; a repository for each."""
    forge = product.sandbox.forge
    traps = Traps.around(product.sandbox)
    worker = "worker" if "worker" in product.commands else "web"
    for number, (stage, (match, is_after)) in enumerate(STAGES.items()):
        name = f"acme/ml-{number}"
        repo = forge.create_repository(name, {"dana": "write"})
        trap = traps.set(
            match.replace("acme/ml", name), lambda: product.kill(worker), is_after=is_after
        )
        own = f"# {number}\n"  # or contents would be known from the repository before
        pull = product.open(repo, own + BUCKET + BLOCK, own + BUCKET + OPEN)
        until(lambda trap=trap: trap.sprung == 1, f"the trap {stage}")  # type: ignore[misc]
        until(lambda: worker not in product.running, f"the kill {stage}")
        product.start(worker)
        until(lambda: product.redeliver_failures() == 0, "every delivery to be accepted")
        assert product.concluded(repo, pull).conclusion == "failure", stage
        product.settle()
        effects(product, repo)
        assert len(pull.reviews) == 1, stage
        assert len(repo.checks) == 1, stage


def test_a_command_is_carried_out_once(product: Product) -> None:
    forge = product.sandbox.forge
    traps = Traps.around(product.sandbox)
    worker = "worker" if "worker" in product.commands else "web"
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    pull = product.open(repo, BUCKET + BLOCK, BUCKET + OPEN)
    assert product.concluded(repo, pull).conclusion == "failure"
    product.settle()
    told = "POST /api/v3/repos/acme/ml/issues/1/comments"
    for word, match in (("fix", "createCommitOnBranch"), ("help", told)):
        trap = traps.set(match, lambda: product.kill(worker), is_after=True)
        forge.comment(repo, pull, "dana", f"/lockstitch {word}")
        until(lambda trap=trap: trap.sprung == 1, f"the trap of {word}")  # type: ignore[misc]
        until(lambda: worker not in product.running, "the kill")
        product.start(worker)
        until(lambda: product.redeliver_failures() == 0, "every delivery to be accepted")
        product.settle()
    commits = [one for one in forge.world.writes if one[1] == "commit"]
    assert len(commits) == 1
    assert product.concluded(repo, pull).conclusion == "success"
    helped = [c for c in pull.conversation.values() if "What I can do here" in c.body]
    assert len(helped) == 1
