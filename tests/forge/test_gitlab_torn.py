"""A review on GitLab is many writes: it may end before or after any of them, and is done again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from bot import pipeline
from bot.answer import Asked, answer
from bot.commands import Command, Verb
from bot.forge.errors import ForgeError
from bot.forge.gitlab import GitLab
from bot.forge.gitlab_api import Api, GitLabAccess
from bot.forge.port import PullRef
from bot.sandbox.gitlab_forge import GitLabForge
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Pull, Repo
from remediations.terraform.grammar import Grammar
from tests.journeys.meddling import reviewer
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

OTHER = OPEN.replace('"data"', '"logs"').replace(".data.", ".logs.")
BUCKETS = BUCKET + BUCKET.replace('"data"', '"logs"').replace("acme-data", "acme-logs")


class Dead(Exception):
    """The process ended here."""


class Mortal(Api):
    """Lives until its ``last`` write, which it sends if ``is_after``."""

    def __init__(self, access: GitLabAccess, last: int, *, is_after: bool) -> None:
        super().__init__(access)
        self.last, self.is_after, self.written = last, is_after, 0

    def _once(self, verb: str, path: str, query: dict[str, Any], body: Any) -> Any:
        is_write = verb != "get" and not path.endswith("/graphql")
        self.written += is_write
        if not (is_write and self.written == self.last):
            return super()._once(verb, path, query, body)
        if self.is_after:
            with suppress(ForgeError):
                super()._once(verb, path, query, body)
        raise Dead


@dataclass(frozen=True, slots=True)
class Scene:
    """A merge request whose first review is done, and a push that settles one and opens another."""

    sandbox: Sandbox
    repo: Repo
    pull: Pull

    @property
    def ref(self) -> PullRef:
        return PullRef("gitlab", self.repo.name, self.pull.number)

    def adapter(self, last: int = 0, *, is_after: bool = False) -> GitLab:
        access = GitLabAccess(self.sandbox.url, self.sandbox.token)
        made = GitLab(access, self.repo.name)
        made.api = made._files._api = Mortal(access, last, is_after=is_after)
        return made


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    started = Sandbox.start(tmp_path_factory.mktemp("torn"), kind="gitlab")
    yield started
    started.stop()


def scene(sandbox: Sandbox, name: str, grammar: Grammar) -> Scene:
    forge = sandbox.forge
    repo = forge.create_repository(f"acme/{name}", {"dana": "write"})
    forge.push(repo, "main", {"main.tf": (BUCKETS + BLOCK).encode()}, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    forge.push(repo, "change", {"main.tf": (BUCKETS + OPEN).encode()}, "Change", "dana")
    pull = forge.open_pull(repo, "main", "change", "A change", "dana")
    made = Scene(sandbox, repo, pull)
    pipeline.review(made.adapter(), made.ref, reviewer(grammar), pipeline.Run.alone("first"))
    forge.push(repo, "change", {"main.tf": (BUCKETS + BLOCK + OTHER).encode()}, "More", "dana")
    return made


def said(one: Scene) -> dict[str, Any]:
    """What people see in the end, without ids."""
    forge, pull = one.sandbox.forge, one.pull
    assert isinstance(forge, GitLabForge)
    head = {s.status for s in forge.extras(one.repo).statuses if s.sha == pull.head_sha}
    return {
        "threads": sorted(
            (c.path, c.original_line, c.id in pull.resolved, len(pull.thread(c.id)))
            for c in pull.inline.values()
            if c.reply_to is None
        ),
        "notes": [c.body for c in pull.conversation.values() if c.author == forge.bot],
        "drafts": len(forge.drafts(one.repo, pull)),
        "status": head,
        "commits": one.repo.git.text("rev-list", "--count", "change"),
    }


def test_a_review_that_ends_anywhere_is_done_again_and_looks_the_same(
    sandbox: Sandbox, grammar: Grammar
) -> None:
    whole = scene(sandbox, "whole", grammar)
    adapter = whole.adapter()
    pipeline.review(adapter, whole.ref, reviewer(grammar), pipeline.Run.alone("second"))
    assert isinstance(adapter.api, Mortal)
    wanted, writes = said(whole), adapter.api.written
    assert writes >= 7, "status, draft, publish, word, resolved, summary, status"
    assert [(resolved, count) for _, _, resolved, count in wanted["threads"]] == [
        (True, 2),
        (False, 1),
    ]
    for last in range(1, writes + 1):
        for is_after in (False, True):
            torn = scene(sandbox, f"torn-{last}-{is_after}", grammar)
            with pytest.raises(Dead):
                pipeline.review(
                    torn.adapter(last, is_after=is_after),
                    torn.ref,
                    reviewer(grammar),
                    pipeline.Run.alone("second"),
                )
            pipeline.review(
                torn.adapter(), torn.ref, reviewer(grammar), pipeline.Run.alone("second")
            )
            assert said(torn) == wanted, f"write {last}, {'after' if is_after else 'before'} it"


@pytest.mark.parametrize("is_protected", [False, True], ids=["commit", "merge request"])
def test_a_fix_that_ends_anywhere_is_made_once(
    sandbox: Sandbox, grammar: Grammar, *, is_protected: bool
) -> None:
    def asked(one: Scene) -> Asked:
        return Asked(one.ref, Command(Verb.FIX), "dana", key="1.2.3")

    def begun(name: str) -> Scene:
        made = scene(sandbox, f"{name}-{is_protected}", grammar)
        if is_protected:
            made.repo.protected.add("change")
        return made

    whole = begun("fix")
    adapter = whole.adapter()
    answer(adapter, asked(whole), reviewer(grammar))
    assert isinstance(adapter.api, Mortal)
    wanted, writes = said(whole), adapter.api.written
    assert len(whole.repo.pulls) == 1 + is_protected
    for last in range(1, writes + 1):
        for is_after in (False, True):
            torn = begun(f"fix-{last}-{is_after}")
            with pytest.raises(Dead):
                answer(torn.adapter(last, is_after=is_after), asked(torn), reviewer(grammar))
            answer(torn.adapter(), asked(torn), reviewer(grammar))
            where = f"write {last}, {'after' if is_after else 'before'} it"
            assert len(torn.repo.pulls) == len(whole.repo.pulls), where
            assert said(torn)["commits"] == wanted["commits"], where
            answers = [one for one in said(torn)["notes"] if "lockstitch:answer" in one]
            assert len(answers) <= 1, where
