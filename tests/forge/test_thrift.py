"""How often GitHub is asked: 300 files before anything is posted, and the same head once more."""

from __future__ import annotations

import pytest

from bot import pipeline
from bot.engine import LocalEngine
from bot.forge.github import GitHub
from bot.forge.github_tokens import AppCredentials
from bot.forge.port import PullRef
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID, INSTALLATION
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.contract.watch import watched
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

REF = PullRef("github", "acme/ml", 1)
POSTED = ("/reviews", "issues/<int:number>/comments")
READ = ("access_tokens", "graphql")
FILES = 300


@pytest.fixture
def forge(sandbox: Sandbox) -> GitHub:
    """A change of 300 files against a base that has moved on since, with a configuration."""
    held = sandbox.forge
    repo = held.create_repository("acme/ml", {"dana": "write"})
    base: dict[str, bytes | None] = {
        f"m{number // 50}/f{number}.tf": f'variable "v{number}" {{}}\n'.encode()
        for number in range(FILES - 1)
    }
    head = {path: data + b"# changed\n" for path, data in base.items() if data}
    config = {".lockstitch.yml": b"fail_on: high\n"}
    start = {**base, **config, "main.tf": (BUCKET + BLOCK).encode()}
    held.push(repo, "main", start, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    held.push(repo, "main", {"README.md": b"later\n"}, "Later", "dana")
    held.push(repo, "change", {**head, "main.tf": (BUCKET + OPEN).encode()}, "Change", "dana")
    held.open_pull(repo, "main", "change", "A change", "dana")
    credentials = AppCredentials(APP_ID, sandbox.private_key)
    forge = GitHub(sandbox.api_url, credentials, "acme/ml", pause=0)
    forge.api.installation = INSTALLATION  # as the webhook tells it
    return forge


def test_asked_little(sandbox: Sandbox, forge: GitHub, grammar: Grammar) -> None:
    reviewer = pipeline.Reviewer(LocalEngine(grammar), Profile())
    asked = sandbox.forge.requests
    first = pipeline.review(
        forge, REF, reviewer, pipeline.Run("work.1", "work.head", is_first=True)
    )
    assert first.posted == 1
    written = [one for one in asked if one.startswith("POST") and not one.endswith(READ)]
    assert written[0].endswith("/check-runs"), "the check, before anything is read of the change"
    assert asked.index(written[0]) <= 2, "the token and the pull request come before it"
    before = next(n for n, one in enumerate(asked) if one.startswith("POST") and POSTED[0] in one)
    assert before <= 12, "\n".join(asked)
    assert len(asked) == before + 5, "the review, read back; the summary; the conclusion"

    del asked[:]
    again = pipeline.review(
        forge, REF, reviewer, pipeline.Run("work.2", "work.asked-2", is_first=True)
    )
    assert again.posted == 0
    assert len(asked) <= 6, asked


def test_what_did_not_change_is_not_sent_again(sandbox: Sandbox, forge: GitHub) -> None:
    with watched(sandbox) as watch:
        first, second = forge.pull_request(REF), forge.pull_request(REF)
        assert first == second
        sandbox.forge.push(
            sandbox.forge.world.repos["acme/ml"], "change", {"more.tf": b"# x\n"}, "More", "dana"
        )
        third = forge.pull_request(REF)
    answers = [one.status for one in watch.exchanges if one.path.endswith("/pulls/1")]
    assert answers == [200, 304, 200]
    assert third.head_sha != second.head_sha
