"""What the sandbox remembers besides git: people, pull requests, comments, checks. No HTTP."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .repository import GitRepository

APP_SLUG = "lockstitch"
BOT_LOGIN = f"{APP_SLUG}[bot]"


def now() -> str:
    """The time as GitHub writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class InlineComment:
    """A review comment; replies point at the first comment of their thread."""

    id: int
    author: str
    body: str
    path: str
    commit: str
    line: int | None
    start_line: int | None
    review: int | None
    reply_to: int | None = None
    is_outdated: bool = False
    original_line: int = 0
    original_start_line: int | None = None
    reactions: list[tuple[str, str]] = field(default_factory=list)
    created: str = field(default_factory=now)


@dataclass(slots=True)
class IssueComment:
    """A comment in the conversation."""

    id: int
    author: str
    body: str
    reactions: list[tuple[str, str]] = field(default_factory=list)
    created: str = field(default_factory=now)
    edits: int = 0


@dataclass(slots=True)
class CheckRun:
    """A check run, as the App that owns it last described it."""

    id: int
    name: str
    head: str
    external_id: str
    status: str = "queued"
    conclusion: str | None = None
    output: dict[str, Any] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    details_url: str | None = None
    started: str = field(default_factory=now)
    completed: str | None = None


@dataclass(slots=True)
class Pull:
    """A pull request. ``base`` and ``head`` are branches of the same repository."""

    number: int
    title: str
    author: str
    base: str
    head: str
    state: str = "open"
    is_draft: bool = False
    head_sha: str = ""
    inline: dict[int, InlineComment] = field(default_factory=dict)
    conversation: dict[int, IssueComment] = field(default_factory=dict)
    reviews: dict[int, dict[str, Any]] = field(default_factory=dict)
    resolved: set[int] = field(default_factory=set)
    created: str = field(default_factory=now)

    def thread(self, root: int) -> list[InlineComment]:
        """A thread's comments, first one first."""
        found = [c for c in self.inline.values() if root in (c.id, c.reply_to)]
        return sorted(found, key=lambda comment: comment.id)


@dataclass(slots=True)
class Repo:
    """A repository with its people."""

    id: int
    name: str
    git: GitRepository
    people: dict[str, str] = field(default_factory=dict)
    """Login to permission: admin, write, read."""
    pulls: dict[int, Pull] = field(default_factory=dict)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    statuses: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """Everything, behind one lock."""

    repos: dict[str, Repo] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    """Personal tokens to logins."""
    installations: dict[str, dict[str, str]] = field(default_factory=dict)
    """Installation tokens to what they may do."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    writes: list[tuple[str, str, Any]] = field(default_factory=list)
    """Every change that was accepted: who, what, and a short account of it."""

    def next_id(self) -> int:
        """An id that nothing else has."""
        return next(self.numbers)

    def mint(self, permissions: dict[str, str]) -> str:
        """An installation token."""
        token = f"ghs_{uuid.uuid4().hex}"
        self.installations[token] = permissions
        return token

    def record(self, login: str, what: str, detail: Any) -> None:
        """Write an accepted change down."""
        self.writes.append((login, what, detail))
