"""What no webhook told is found: heads that nobody reviewed, deliveries that failed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import sweeper
from bot.database import migrate, open_database
from bot.ended import Ended
from bot.forge import github_queries
from bot.forge.github_app import MAX_AGAIN, GitHubApp
from bot.forge.github_tokens import AppCredentials
from bot.forge.port import PullRef
from bot.inbox import Inbox
from bot.ledger import Ledger
from bot.pipeline import Outcome
from bot.reconcile import Reconciler
from bot.sandbox.hooks import Target
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import Pull, Repo
from tests.review.trees import pull_request


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    engine = open_database(url)
    yield Inbox(engine)
    engine.dispose()


@pytest.fixture
def reconciler(inbox: Inbox, sandbox: Sandbox) -> Reconciler:
    tower = GitHubApp(sandbox.api_url, AppCredentials(APP_ID, sandbox.private_key), pause=0)
    return Reconciler(inbox, tower, lambda _: None, lambda: time.time() + 300)


@pytest.fixture
def repo(sandbox: Sandbox) -> Repo:
    sandbox.forge.world.app.events.remove("push")  # so that one pull request is one delivery
    made = sandbox.forge.create_repository("acme/ml", {"dana": "write"})
    sandbox.forge.push(made, "main", {"main.tf": b"# base\n"}, "Base", "dana")
    return made


def opened(sandbox: Sandbox, repo: Repo, branch: str) -> Pull:
    repo.git.branch(branch, repo.git.head("main"))
    sandbox.forge.push(repo, branch, {"main.tf": branch.encode()}, "Change", "dana")
    return sandbox.forge.open_pull(repo, "main", branch, branch, "dana")


def ended(inbox: Inbox, pull: Pull, how: Ended) -> None:
    ref = PullRef("github", "acme/ml", pull.number)
    seen = replace(pull_request(), ref=ref, head_sha=pull.head_sha)
    Ledger(inbox.engine).record(Outcome(how, seen), time.time(), f"{ref}/{how.value}", {})


def test_a_head_that_nobody_looked_at_is_looked_at(
    reconciler: Reconciler, inbox: Inbox, sandbox: Sandbox, repo: Repo
) -> None:
    """No webhook has a target here: all of them were missed."""
    pulls = [opened(sandbox, repo, f"change-{number}") for number in range(5)]
    sandbox.forge.close_pull(repo, pulls[0], "dana")
    ended(inbox, pulls[1], Ended.REVIEWED)
    ended(inbox, pulls[2], Ended.GIVEN_UP)
    ended(inbox, pulls[3], Ended.SUPERSEDED)
    assert reconciler.heads() == 2
    waiting = set()
    while (item := inbox.lease()) is not None:
        waiting.add(item.wish.number)
    assert waiting == {pulls[3].number, pulls[4].number}
    assert reconciler.heads() == 0
    sandbox.forge.push(repo, "change-1", {"main.tf": b"newer"}, "More", "dana")
    assert reconciler.heads() == 1


def test_every_page_of_the_search_is_read(
    reconciler: Reconciler, sandbox: Sandbox, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        opened(sandbox, repo, f"change-{number}")
    monkeypatch.setattr(github_queries, "SEARCH", github_queries.SEARCH.replace("100", "3"))
    assert reconciler.heads() == 7


def test_an_old_pull_request_is_left_alone(
    reconciler: Reconciler, sandbox: Sandbox, repo: Repo
) -> None:
    opened(sandbox, repo, "old").updated = "2026-01-01T00:00:00Z"
    assert reconciler.heads() == 0


def test_a_webhook_is_given_its_time(reconciler: Reconciler, sandbox: Sandbox, repo: Repo) -> None:
    opened(sandbox, repo, "change")
    reconciler.clock = time.time
    assert reconciler.heads() == 0


def test_a_repository_without_the_app_is_not_seen(
    reconciler: Reconciler, sandbox: Sandbox, repo: Repo
) -> None:
    other = sandbox.forge.create_repository("acme/private", {"dana": "write"})
    sandbox.forge.push(other, "main", {"main.tf": b"# base\n"}, "Base", "dana")
    other.is_installed = False
    opened(sandbox, other, "change")
    assert reconciler.heads() == 0


def test_failed_deliveries_are_asked_for_again_but_not_for_ever(
    reconciler: Reconciler, sandbox: Sandbox, repo: Repo
) -> None:
    hooks = sandbox.forge.hooks
    hooks.target = Target("http://127.0.0.1:9/nobody", "s")
    opened(sandbox, repo, "change")
    hooks.settle()
    (first,) = hooks.log
    assert first.status == 0
    for attempt in range(MAX_AGAIN):
        assert reconciler.deliveries() == 1
        hooks.settle()
        assert [one.id for one in hooks.log] == [first.id] * (attempt + 2)
    assert reconciler.deliveries() == 0


def test_what_was_accepted_the_second_time_is_not_asked_for_again(
    reconciler: Reconciler, sandbox: Sandbox, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([503, 202])
    monkeypatch.setattr(type(sandbox.forge.hooks), "deliver", lambda *_: next(answers))
    opened(sandbox, repo, "change")
    sandbox.forge.hooks.settle()
    assert reconciler.deliveries() == 1
    sandbox.forge.hooks.settle()
    assert reconciler.deliveries() == 0
    assert [one.status for one in sandbox.forge.hooks.log] == [503, 202]


def test_every_page_of_deliveries_is_read(
    reconciler: Reconciler, sandbox: Sandbox, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull = opened(sandbox, repo, "change")
    for _ in range(120):
        sandbox.forge.comment(repo, pull, "dana", "talk")
    sandbox.forge.hooks.settle()
    assert reconciler.deliveries() == 121


def test_a_duty_that_fails_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    done, stop = [], threading.Event()

    def fail() -> int:
        raise KeyError("odd")

    def work() -> int:
        done.append(1)
        stop.set()
        return 1

    held = (sweeper.Duty("bad", 1, fail), sweeper.Duty("good", 1, work))
    with caplog.at_level(logging.INFO):
        sweeper.run(held, stop)
    assert done == [1]
    assert "duty failed name=bad reason=KeyError" in caplog.text


def test_a_duty_that_takes_long_holds_no_other_up() -> None:
    stop, quick = threading.Event(), []
    begun = []

    def slow() -> int:
        begun.append(1)
        stop.wait(30)
        return 0

    def work() -> int:
        quick.append(1)
        if len(quick) == 5:
            stop.set()
        return 0

    held = (sweeper.Duty("slow", 0, slow), sweeper.Duty("quick", 0, work))
    sweeper.run(held, stop, every=0.01)
    assert (len(begun), len(quick)) == (1, 5)


def test_told_to_end_it_asks_for_no_more(
    reconciler: Reconciler, sandbox: Sandbox, repo: Repo
) -> None:
    pull = opened(sandbox, repo, "change")
    for _ in range(3):
        sandbox.forge.comment(repo, pull, "dana", "talk")
    sandbox.forge.hooks.settle()
    answers = iter([False, False, True])
    reconciler.is_over = lambda: next(answers)
    assert reconciler.deliveries() == 2
    reconciler.is_over = lambda: True
    assert reconciler.heads() == 0
    reconciler.is_over = lambda: False
    assert reconciler.deliveries() == 4
    assert reconciler.heads() == 1
