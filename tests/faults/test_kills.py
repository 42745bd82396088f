"""Nothing lost, nothing twice, whatever is killed and whenever."""

from __future__ import annotations

from functools import partial

import pytest

from tests.faults.kill_run import KillRun, endure
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, until
from tests.faults.traps import Trap, Traps


def is_sprung(trap: Trap) -> bool:
    return trap.sprung == 1


def test_a_thousand_deliveries_and_ten_kills(product: Product) -> None:
    endure(product, KillRun(deliveries=1_000, kills=10))


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
        until(partial(is_sprung, trap), f"the trap {stage}")
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
        until(partial(is_sprung, trap), f"the trap of {word}")  # as above
        until(lambda: worker not in product.running, "the kill")
        product.start(worker)
        until(lambda: product.redeliver_failures() == 0, "every delivery to be accepted")
        product.settle()
    commits = [one for one in forge.world.writes if one[1] == "commit"]
    assert len(commits) == 1
    assert product.concluded(repo, pull).conclusion == "success"
    helped = [c for c in pull.conversation.values() if "What I can do here" in c.body]
    assert len(helped) == 1
