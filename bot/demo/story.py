"""Sets the demo up and plays the author's part. Prints nothing."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

from bot.gitlab_deliveries import Secrets
from bot.review import offer_of
from bot.sandbox.limits import Refusal
from bot.sandbox.pages import latest_check, place_of
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import CheckRun, InlineComment, Pull, Repo
from bot.settings import GitLabSettings, Settings
from bot.web.embedded import Embedded
from remediations.model import Profile

_T = TypeVar("_T")

AUTHOR: Final = "dana"
REPOSITORY: Final = "acme/ml-platform"
DEADLINE: Final = 120.0
MAX_ROUNDS: Final = 6


class TookTooLong(Exception):
    """The bot did not answer in time; the message says what was waited for."""


@dataclass(frozen=True, slots=True)
class Source:
    """Two refs of a local git repository to review instead of the demo's own Terraform."""

    path: Path
    base: str
    head: str


@dataclass(slots=True)
class Story:
    """A running demo. ``accepted`` counts what the author took."""

    sandbox: Sandbox
    bot: Embedded
    repo: Repo
    pull: Pull
    accepted: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The page of the pull request."""
        return f"{self.sandbox.url}{place_of(self.sandbox.forge, self.repo, self.pull)}"

    @property
    def bot_login(self) -> str:
        """Under which name the bot writes here."""
        return self.sandbox.forge.bot

    def has_safe_fixes(self) -> bool:
        """Whether the bot offers to commit all that is safe: by a button, or in its summary."""
        if self.sandbox.kind == "github":
            return bool(self.wait_for_check().actions)
        self.wait_for_check()
        with self.sandbox.forge.world.lock:
            said = [c.body for c in self.pull.conversation.values() if c.author == self.bot_login]
        return any("Comment `/lockstitch fix`" in body for body in said)

    def wait_for_check(self) -> CheckRun:
        """The concluded check on the head as it stands. Raises ``TookTooLong``."""
        return self._wait(self._concluded, "the check")

    def _concluded(self) -> CheckRun | None:
        with self.sandbox.forge.world.lock:
            check = latest_check(self.repo, self.pull.head_sha)
        is_done = check is not None and check.status == "completed" and not self.bot.inbox.waiting()
        return check if is_done else None

    def _wait(self, look: Callable[[], _T | None], what: str) -> _T:
        """What a look finds at last; a second look could find it gone again."""
        ends = time.monotonic() + DEADLINE
        while not (found := look()):
            if time.monotonic() > ends:
                raise TookTooLong(f"Waited {DEADLINE:.0f} seconds for {what}.")
            time.sleep(0.02)
        return found

    def threads(self) -> list[InlineComment]:
        """First comments of the bot's open threads, by place."""
        with self.sandbox.forge.world.lock:
            found = [
                comment
                for comment in self.pull.inline.values()
                if comment.author == self.bot_login
                and comment.reply_to is None
                and comment.id not in self.pull.resolved
            ]
        return sorted(found, key=lambda comment: (comment.path, comment.original_line))

    def accept_everything(self) -> Iterator[str]:
        """Every suggestion, then every offered commit, until nothing is offered; what was taken."""
        for _ in range(MAX_ROUNDS):
            taken = list(self._accept_suggestions())
            if taken:
                self.wait_for_check()
            taken += self._accept_commits()
            yield from taken
            if not taken:
                return

    def _accept_suggestions(self) -> Iterator[str]:
        for comment in self.threads():
            if offer_of(comment.body) != "suggestion":
                continue
            try:
                self.sandbox.forge.apply_suggestion(self.repo, self.pull, comment.id, AUTHOR)
            except Refusal:
                continue  # outdated by an earlier one; the next review offers it again
            self._count("suggestion")
            yield f"suggestion in {comment.path}: {title(comment.body)}"

    def _accept_commits(self) -> list[str]:
        taken = []
        if self.has_safe_fixes():
            before = self.pull.head_sha
            forge = self.sandbox.forge
            forge.comment(self.repo, self.pull, AUTHOR, "/lockstitch fix")
            if self._committed(before, answers=self._answers):
                taken.append("/lockstitch fix: every safe fix, as one commit")
        for comment in self.threads():
            if offer_of(comment.body) == "commit" and comment.id not in self.pull.resolved:
                word = "fix replace" if "`fix replace`" in comment.body else "fix"
                taken += self._reply(comment, word)
        return taken

    def _reply(self, comment: InlineComment, word: str) -> list[str]:
        before = self.pull.head_sha
        self.sandbox.forge.reply(self.repo, self.pull, comment.id, AUTHOR, word)
        if not self._committed(before, answers=lambda: self._replies(comment.id)):
            return []
        return [f"commit for {comment.path}: {title(comment.body)} (replied {word!r})"]

    def _committed(self, before: str, answers: Callable[[], int]) -> bool:
        """Whether the bot committed; a spoken answer instead means that it did not."""
        said = answers()
        self._wait(lambda: self.pull.head_sha != before or answers() > said, "an answer of the bot")
        if self.pull.head_sha == before:
            return False
        self._count("commit")
        self.wait_for_check()
        return True

    def _answers(self) -> int:
        with self.sandbox.forge.world.lock:
            return sum(c.author == self.bot_login for c in self.pull.conversation.values())

    def _replies(self, root: int) -> int:
        with self.sandbox.forge.world.lock:
            thread = self.pull.thread(root)
        return sum(c.author == self.bot_login for c in thread)

    def _count(self, what: str) -> None:
        self.accepted[what] = self.accepted.get(what, 0) + 1


@contextmanager
def started(
    source: Source | None = None,
    profile: Profile | None = None,
    port: int = 0,
    forge: str = "github",
) -> Iterator[Story]:
    """A sandbox with an open pull request, and a bot that hears of it; ended on the way out."""
    with TemporaryDirectory(prefix="lockstitch-demo-") as scratch:
        sandbox = Sandbox.start(Path(scratch, "forge"), port=port, kind=forge)
        try:
            settings = _settings(sandbox, Path(scratch), profile or Profile())
            bot = Embedded.start(settings)
            try:
                webhook, secret = f"{bot.url}{sandbox.webhook_path}", _secret(settings)
                sandbox.send_webhooks_to(webhook, secret)
                yield _open(sandbox, bot, source)
            finally:
                bot.stop()
        finally:
            sandbox.stop()


def _settings(sandbox: Sandbox, scratch: Path, profile: Profile) -> Settings:
    return Settings(
        database_url=f"sqlite:///{scratch / 'bot.sqlite3'}",
        data_dir=scratch,
        **_credentials(sandbox),
        profile=profile,
        port=0,
        cache_dir=Path(scratch, "cache"),
        pause=0.0,
    )


def _credentials(sandbox: Sandbox) -> dict[str, Any]:
    secret = secrets.token_hex(20)
    if sandbox.kind == "gitlab":
        held = Secrets(tokens=(secret,))
        return {"gitlab": GitLabSettings(sandbox.api_url, sandbox.token, secrets=held)}
    return {
        "webhook_secrets": (secret,),
        "app_id": APP_ID,
        "private_key": sandbox.private_key,
        "api_url": sandbox.api_url,
    }


def _secret(settings: Settings) -> str:
    return (*settings.webhook_secrets, *settings.gitlab.secrets.tokens)[0]


def _open(sandbox: Sandbox, bot: Embedded, source: Source | None) -> Story:
    forge = sandbox.forge
    repo = forge.create_repository(REPOSITORY, {AUTHOR: "write"})
    if source is None:
        base = read_tree(files("bot.demo") / "terraform" / "base")
        head = read_tree(files("bot.demo") / "terraform" / "head")
        forge.push(repo, "main", dict(base), "Lay the platform out", AUTHOR)
        repo.git.branch("fraud-scorer", repo.git.head("main"))
        changed: dict[str, bytes | None] = {
            path: head.get(path)
            for path in sorted({*base, *head})
            if base.get(path) != head.get(path)
        }
        forge.push(repo, "fraud-scorer", changed, "Add the fraud scorer", AUTHOR)
        branch, title = "fraud-scorer", "Add the fraud scorer: notebook, endpoint and their role"
    else:
        repo.git.fetch(source.path, source.base, "main")
        repo.git.fetch(source.path, source.head, "change")
        branch, title = "change", f"{source.base}...{source.head} of {source.path.name}"
    return Story(sandbox, bot, repo, forge.open_pull(repo, "main", branch, title, AUTHOR))


def read_tree(root: Traversable) -> dict[str, bytes]:
    """Files below a directory of the package, by path."""
    found: dict[str, bytes] = {}
    pending = [("", root)]
    while pending:
        prefix, folder = pending.pop()
        for entry in folder.iterdir():
            name = f"{prefix}{entry.name}"
            if entry.is_dir():
                pending.append((f"{name}/", entry))
            else:
                found[name] = entry.read_bytes()
    return dict(sorted(found.items()))


def title(body: str) -> str:
    """The first line of a comment, as plain text."""
    return re.sub(r"[*`]", "", body.strip().splitlines()[0])
