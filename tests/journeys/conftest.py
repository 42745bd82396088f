"""A journey begins with a sandbox, a bot of either kind, and people."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.backlog import Backlog
from bot.database import migrate, open_database
from bot.forge.port import Forge, PullRef
from bot.gitlab_deliveries import Secrets
from bot.hosts import open_forge
from bot.inbox import Inbox
from bot.review import fingerprints, offer_of
from bot.sandbox.lines import SUGGESTION
from bot.sandbox.pages import latest_check
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import CheckRun, InlineComment, IssueComment, Pull, Repo
from bot.settings import GitLabSettings, Settings
from bot.web import create_app
from bot.web.embedded import Embedded
from bot.web.listener import Listener
from bot.worker import CeleryDispatcher
from tests.contract.gitlab_watch import watched as watched_gitlab
from tests.contract.watch import watched as watched_github
from tests.foreign import foreign
from tests.servers import redis
from tests.settled import settled_rules

__all__ = ["Journey", "settled_rules"]

SECRET = "a secret of these tests"
DEADLINE = 60.0


@dataclass(slots=True)
class Journey:
    """A running product with one repository; the test plays its people."""

    sandbox: Sandbox
    repo: Repo
    inbox: Inbox
    webhook: str

    def open(
        self,
        base: Mapping[str, str],
        head: Mapping[str, str | None],
        *,
        is_draft: bool = False,
        **people: str,
    ) -> Pull:
        """A pull request from two sets of files; None takes a file away."""
        self.repo.people.update(people)
        forge = self.sandbox.forge
        forge.push(self.repo, "main", _bytes(base), "Base", "dana")
        self.repo.git.branch("change", self.repo.git.head("main"))
        forge.push(self.repo, "change", _bytes(head), "Change", "dana")
        return forge.open_pull(self.repo, "main", "change", "A change", "dana", is_draft=is_draft)

    def push(self, files: Mapping[str, str | None]) -> None:
        """Another commit on the head branch."""
        self.sandbox.forge.push(self.repo, "change", _bytes(files), "More", "dana")

    def until(self, is_there: Callable[[], bool], what: str) -> None:
        """Wait, with a deadline."""
        ends = time.monotonic() + DEADLINE
        while not is_there():
            assert time.monotonic() < ends, f"waited too long for {what}"
            time.sleep(0.02)

    def rest(self) -> None:
        """Wait until nothing is left to do: no row waits, none runs, none was put off."""
        backlog = Backlog(self.inbox.engine, self.inbox.clock)

        def is_at_rest() -> bool:
            depth = backlog.depth()
            return depth.ready == depth.running == depth.put_off == 0

        self.until(is_at_rest, "the end of the work")

    def check(self, pull: Pull) -> CheckRun:
        """The concluded check on the head as it stands."""

        def concluded() -> bool:
            check = latest_check(self.repo, pull.head_sha)
            if check is None or check.conclusion in (None, "cancelled"):
                return False  # what was superseded on its own head is followed by another one
            return not self.inbox.waiting()

        self.until(concluded, "the check")
        check = latest_check(self.repo, pull.head_sha)
        assert check is not None
        if self.sandbox.kind == "gitlab":  # a status has one line; the rest stands in the summary
            told = "\n".join(self.summaries(pull))
            check.output |= {"summary": told, "text": told}
        return check

    def ref(self, pull: Pull) -> PullRef:
        """The pull request as the bot names it."""
        return PullRef(self.sandbox.kind, self.repo.name, pull.number)

    def client(self, pull: Pull) -> Forge:
        """What the bot sees of the repository."""
        directory = self.sandbox.forge.directory
        return open_forge(settings_for(self.sandbox, directory, None), self.ref(pull))

    @property
    def has_check_runs(self) -> bool:
        """Whether checks have annotations and buttons, or are statuses with one line."""
        return self.sandbox.kind == "github"

    @property
    def elsewhere(self) -> str:
        """Where findings without a conversation are told."""
        return "shown in the check only" if self.has_check_runs else "that no thread carries"

    @property
    def bot(self) -> str:
        """The login of the bot."""
        return self.sandbox.forge.bot

    def summaries(self, pull: Pull) -> list[str]:
        """What the bot wrote in the conversation."""
        return [one.body for one in pull.conversation.values() if one.author == self.bot]

    def comments(self, pull: Pull) -> list[InlineComment]:
        """First comments of the bot's threads."""
        return [c for c in pull.inline.values() if c.author == self.bot and c.reply_to is None]

    def offers(self, pull: Pull) -> dict[str, str]:
        """What each of the bot's open threads offers, by path and line."""
        return {
            f"{c.path}:{c.original_line}": offer_of(c.body)
            for c in self.comments(pull)
            if c.id not in pull.resolved
        }

    def suggested(self, comment: InlineComment) -> str | None:
        """The lines that a comment's suggestion would write."""
        found = SUGGESTION.search(comment.body)
        return found[2] if found else None

    def said(self, pull: Pull) -> list[str]:
        """Fingerprints over all of the bot's comments."""
        return [mark for c in self.comments(pull) for mark in fingerprints(c.body)]

    def writes(self, what: str) -> int:
        """How many changes of a kind the forge accepted from the bot."""
        kinds = [kind for login, kind, _ in self.sandbox.forge.world.writes if login == self.bot]
        return kinds.count(what)

    def file(self, pull: Pull, path: str) -> str:
        """A file on the head."""
        return self.repo.git.file(pull.head_sha, path).decode()


def _bytes(files: Mapping[str, str | None]) -> dict[str, bytes | None]:
    return {path: None if text is None else text.encode() for path, text in files.items()}


def _credentials(sandbox: Sandbox, token: str | None) -> dict[str, Any]:
    if sandbox.kind == "gitlab":
        secrets = Secrets(tokens=(SECRET,))
        held = GitLabSettings(sandbox.api_url, sandbox.token, None, secrets, None, "lockstitch")
        return {"gitlab": held}
    if token is not None:
        return {"webhook_secrets": (SECRET,), "token": token, "api_url": sandbox.api_url}
    return {
        "webhook_secrets": (SECRET,),
        "app_id": APP_ID,
        "private_key": sandbox.private_key,
        "api_url": sandbox.api_url,
    }


def settings_for(
    sandbox: Sandbox, directory: Path, redis_url: str | None, token: str | None = None
) -> Settings:
    return Settings(
        database_url=f"sqlite:///{directory / 'bot.sqlite3'}",
        data_dir=directory,
        redis_url=redis_url,
        **_credentials(sandbox, token),
        port=0,
        cache_dir=directory.parent,
        pause=0.0,
    )


@contextmanager
def _embedded(
    sandbox: Sandbox, directory: Path, token: str | None = None
) -> Iterator[tuple[str, Inbox]]:
    bot = Embedded.start(settings_for(sandbox, directory, None, token))
    try:
        yield bot.url, bot.inbox
    finally:
        bot.stop()


@contextmanager
def _celery(sandbox: Sandbox, directory: Path) -> Iterator[tuple[str, Inbox]]:
    """The production shape: a server, a real broker, and a worker process of its own."""
    with redis(directory) as url, ExitStack() as stack:
        settings = settings_for(sandbox, directory, url)
        migrate(settings.database_url)
        inbox = Inbox(open_database(settings.database_url))
        stack.callback(inbox.engine.dispose)
        dispatcher = CeleryDispatcher(url)
        stack.callback(dispatcher.stop)
        listener = Listener(create_app(settings, inbox, dispatcher), "127.0.0.1", 0)
        stack.callback(listener.stop)
        log = stack.enter_context((directory / "worker.log").open("wb"))
        worker = subprocess.Popen(
            [sys.executable, "-m", "bot", "worker", "--processes", "2"],
            env=environment_of(settings, directory),
            stderr=log,
        )
        try:
            yield listener.url, inbox
        finally:
            worker.terminate()
            worker.wait(timeout=30)


def environment_of(settings: Settings, directory: Path) -> dict[str, str]:
    if settings.has_github:
        key = directory / "key.pem"
        key.write_text(settings.private_key or "")
        credentials = {
            "LOCKSTITCH_GITHUB_APP_ID": str(settings.app_id),
            "LOCKSTITCH_GITHUB_PRIVATE_KEY_FILE": str(key),
            "LOCKSTITCH_GITHUB_API_URL": settings.api_url,
            "LOCKSTITCH_GITHUB_PAUSE": "0",
        }
    else:
        credentials = {
            "LOCKSTITCH_GITLAB_URL": settings.gitlab.url,
            "LOCKSTITCH_GITLAB_TOKEN": settings.gitlab.token or "",
        }
    return {
        **credentials,
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "LOCKSTITCH_DATABASE_URL": settings.database_url,
        "LOCKSTITCH_DATA_DIR": str(directory),
        "LOCKSTITCH_CACHE_DIR": str(settings.cache_dir),
        "LOCKSTITCH_REDIS_URL": settings.redis_url or "",
    }


@contextmanager
def begin(
    kind: str, directory: Path, forge_kind: str = "github", token: str | None = None
) -> Iterator[Journey]:
    """A journey on one kind of dispatcher and of forge; with a token the bot is a person."""
    sandbox = Sandbox.start(directory / "forge", kind=forge_kind)
    watched = {"github": watched_github, "gitlab": watched_gitlab}[forge_kind]
    started = (
        _embedded(sandbox, directory, token) if kind == "embedded" else _celery(sandbox, directory)
    )
    try:
        with watched(sandbox), started as (url, inbox):
            webhook = f"{url}{sandbox.webhook_path}"
            sandbox.send_webhooks_to(webhook, SECRET)
            repo = sandbox.forge.create_repository("acme/ml", {"dana": "write"})
            if token is not None:
                sandbox.forge.world.tokens[token] = token
                repo.people[token] = "write"
            yield Journey(sandbox, repo, inbox, webhook)
            sandbox.forge.hooks.settle()
        assert [one for one in sandbox.forge.world.faults if one.times] == [], "nobody met these"
        if forge_kind == "gitlab":
            assert [text for text in _spoken(sandbox) if foreign(text)] == []
    finally:
        sandbox.stop()


def _spoken(sandbox: Sandbox) -> Iterator[str]:
    """Everything that people can read of the bot."""
    forge = sandbox.forge
    for repo in forge.world.repos.values():
        yield from (str(check.output.get("title")) for check in repo.checks.values())
        for pull in repo.pulls.values():
            said: list[IssueComment | InlineComment] = list(pull.conversation.values())
            said += pull.inline.values()
            yield from (one.body for one in said if one.author == forge.bot)
            yield from [pull.title] * (pull.author == forge.bot)


@pytest.fixture(params=["github", "gitlab"])
def forge_kind(request: pytest.FixtureRequest) -> str:
    """Every story is the same on both; one that is not is among the ``differences.py``."""
    kind: str = request.param
    return kind


@pytest.fixture
def journey(tmp_path: Path, forge_kind: str) -> Iterator[Journey]:
    """The embedded product."""
    with begin("embedded", tmp_path, forge_kind) as started:
        yield started


@pytest.fixture(params=["github"])
def on_github(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Journey]:
    """For what only GitHub has; ``differences.py`` says what stands for it on GitLab."""
    with begin("embedded", tmp_path, request.param) as started:
        yield started


@pytest.fixture(params=["embedded", "celery"])
def either(request: pytest.FixtureRequest, tmp_path: Path, forge_kind: str) -> Iterator[Journey]:
    """The product with each of its dispatchers."""
    with begin(request.param, tmp_path, forge_kind) as started:
        yield started
