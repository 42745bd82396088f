"""A branch with hundreds of open pull requests gets another configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.database import migrate, open_database
from bot.deliveries import Wish
from bot.forge.github import GitHub
from bot.forge.github_tokens import AppCredentials
from bot.inbox import DEBOUNCE_SECONDS, Inbox
from bot.new_terms import EVERY, judge_again
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import Pull, Repo
from tests.service.queue import Clock

COUNT = 120
NAME = ".lockstitch.yml"


@pytest.fixture
def inbox(tmp_path: Path, clock: Clock) -> Iterator[Inbox]:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    engine = open_database(url)
    yield Inbox(engine, clock)
    engine.dispose()


@pytest.fixture
def repo(sandbox: Sandbox) -> Repo:
    made = sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    sandbox.forge.push(made, "main", {"main.tf": b"# base\n"}, "Base", "dana")
    return made


@pytest.fixture
def forge(sandbox: Sandbox) -> GitHub:
    return GitHub(sandbox.api_url, AppCredentials(APP_ID, sandbox.private_key), "acme/ml", pause=0)


def proposed(sandbox: Sandbox, repo: Repo, count: int, base: str = "main") -> list[Pull]:
    repo.git.branch("change", repo.git.head("main"))
    sandbox.forge.push(repo, "change", {"main.tf": b"# head\n"}, "Change", "dana")
    held = sandbox.forge
    return [held.open_pull(repo, base, "change", f"Change {n}", "dana") for n in range(count)]


def pushed(sandbox: Sandbox, repo: Repo, text: str, branch: str = "main") -> Wish:
    before = repo.git.head(branch)
    after = sandbox.forge.push(repo, branch, {NAME: text.encode()}, "Terms", "dana")
    return Wish("acme/ml", head_sha=after, branch=branch, before=before)


def taken(inbox: Inbox) -> list[int]:
    """Rows that may begin now, begun and done."""
    found = []
    while (item := inbox.lease()) is not None:
        found.append(item.wish.number)
        inbox.finish(item)
    return found


def test_all_of_them_follow_one_by_one_and_a_new_push_goes_first(
    sandbox: Sandbox, repo: Repo, forge: GitHub, inbox: Inbox, clock: Clock
) -> None:
    pulls = proposed(sandbox, repo, COUNT)
    sandbox.forge.close_pull(repo, pulls[3], "dana")
    wish = pushed(sandbox, repo, "fail_on: low\n")
    assert judge_again(forge, inbox, wish) == COUNT - 1
    first = taken(inbox)
    assert len(first) == 1
    clock.now += EVERY
    assert len(taken(inbox)) == 1
    inbox.want(Wish("acme/ml", 1))
    clock.now += DEBOUNCE_SECONDS
    assert taken(inbox) == [1]
    clock.now += COUNT * EVERY
    assert len(taken(inbox)) == COUNT - 4


def test_what_waits_already_does_for_both_and_what_runs_is_done_again(
    sandbox: Sandbox, repo: Repo, forge: GitHub, inbox: Inbox, clock: Clock
) -> None:
    proposed(sandbox, repo, 3)
    inbox.want(Wish("acme/ml", 1, for_head=True))
    running = inbox.lease()
    assert running is not None
    inbox.want(Wish("acme/ml", 2, for_head=True))
    judge_again(forge, inbox, pushed(sandbox, repo, "fail_on: low\n"))
    assert not inbox.is_current(running)
    inbox.finish(running)
    clock.now += DEBOUNCE_SECONDS
    assert {1, 2} <= set(taken(inbox))
    clock.now += 3 * EVERY
    assert set(taken(inbox)) <= {3}


def test_the_same_file_at_both_ends_asks_for_nothing(
    sandbox: Sandbox, repo: Repo, forge: GitHub, inbox: Inbox
) -> None:
    """As a forced push that leaves it alone, or more commits than a webhook lists."""
    proposed(sandbox, repo, 2)
    pushed(sandbox, repo, "fail_on: low\n")
    before = repo.git.head("main")
    after = sandbox.forge.push(repo, "main", {"README.md": b"x\n"}, "More", "dana")
    wish = Wish("acme/ml", head_sha=after, branch="main", before=before)
    assert judge_again(forge, inbox, wish) == 0
    assert judge_again(forge, inbox, Wish("acme/ml", head_sha=after, branch="main")) == 2
    gone = Wish("acme/ml", head_sha=after, branch="main", before="a" * 40)
    assert judge_again(forge, inbox, gone) == 2


def test_only_what_is_proposed_to_that_branch(
    sandbox: Sandbox, repo: Repo, forge: GitHub, inbox: Inbox
) -> None:
    proposed(sandbox, repo, 2)
    repo.git.branch("release/1.x", repo.git.head("main"))
    (other,) = proposed(sandbox, repo, 1, base="release/1.x")
    wish = pushed(sandbox, repo, "fail_on: low\n", "release/1.x")
    assert judge_again(forge, inbox, wish) == 1
    assert taken(inbox) == [other.number]


def test_two_pushes_in_a_row_are_looked_at_as_one_of_unknown_beginning(
    inbox: Inbox, clock: Clock
) -> None:
    for before, after in (("a", "b"), ("b", "a")):
        inbox.want(Wish("acme/ml", head_sha=after * 40, branch="main", before=before * 40))
    clock.now += DEBOUNCE_SECONDS
    item = inbox.lease()
    assert item is not None
    assert (item.wish.before, item.wish.head_sha) == ("", "a" * 40)
