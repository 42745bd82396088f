"""What the sandbox remembers besides git: people, pull requests, comments, checks. No HTTP."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from .repository import GitRepository

APP_SLUG = "lockstitch"
APP_ID = 1
BOT_LOGIN = f"{APP_SLUG}[bot]"
WRITERS: Final = ("admin", "maintain", "write")
TOKEN_SECONDS: Final = 3600
GRANTED: Final = {
    "checks": "write",
    "contents": "write",
    "metadata": "read",
    "pull_requests": "write",
}
"""What the App's installation may do; a token gets this or less."""

EVENTS: Final = (
    "pull_request",
    "issue_comment",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "check_run",
    "check_suite",
    "merge_group",
    "repository",
)


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
    diff_hunk: str = ""
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
    updated: str = field(default_factory=now)
    edits: int = 0


@dataclass(frozen=True, slots=True)
class SubmittedReview:
    """A review as it was sent in."""

    id: int
    author: str
    body: str
    state: str
    commit: str
    submitted: str = field(default_factory=now)


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
    app_id: int = APP_ID
    started: str = field(default_factory=now)
    completed: str | None = None


@dataclass(slots=True)
class Pull:
    """A pull request. ``head`` is a branch of the same repository, or of the fork ``source``."""

    number: int
    title: str
    author: str
    base: str
    head: str
    state: str = "open"
    is_draft: bool = False
    head_sha: str = ""
    source: Repo | None = None
    maintainers_may_edit: bool = False
    """Whether who may push to the base may push to the fork's branch as well."""
    inline: dict[int, InlineComment] = field(default_factory=dict)
    conversation: dict[int, IssueComment] = field(default_factory=dict)
    reviews: dict[int, SubmittedReview] = field(default_factory=dict)
    resolved: set[int] = field(default_factory=set)
    created: str = field(default_factory=now)
    updated: str = field(default_factory=now)
    closed: str | None = None
    merged: str | None = None
    merged_onto: str = ""
    """Where the base branch stood when this was merged."""

    @property
    def source_is_there(self) -> bool:
        """False where the fork was deleted."""
        return self.source is None or not self.source.is_deleted

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
    parent: str | None = None
    """The name of the repository that this one is a fork of."""
    is_installed: bool = True
    """Whether the App is installed here."""
    protection: list[tuple[str, int | None]] | None = None
    """Required checks of the default branch's protection, with the App each is bound to."""
    rules: list[tuple[str, int | None]] | None = None
    """The same of a ruleset."""
    protected: set[str] = field(default_factory=set)
    """Branches that change through pull requests only."""
    is_archived: bool = False
    is_deleted: bool = False

    def base_of(self, pull: Pull) -> str:
        """The commit that a pull request is against; after its merge it stays what it was."""
        return pull.merged_onto or self.git.head(pull.base)

    def may_write(self, login: str) -> bool:
        """Whether this person may push."""
        return self.people.get(login) in WRITERS


@dataclass(frozen=True, slots=True)
class Token:
    """What an installation token may do, where, and until when."""

    permissions: Mapping[str, str]
    repositories: frozenset[str] | None
    """Full names; None is every repository of the installation."""
    expires: float


@dataclass(slots=True)
class Fault:
    """An answer instead of the right one, for the next few requests that match."""

    times: int
    status: int
    message: str
    headers: Mapping[str, str]
    match: str
    is_after: bool = False
    """Whether what was asked for is done before."""


@dataclass(slots=True)
class Registration:
    """The App as it is set up, which may be other than where it is installed."""

    permissions: dict[str, str] = field(default_factory=lambda: {**GRANTED, "merge_queues": "read"})
    events: list[str] = field(default_factory=lambda: list(EVENTS))
    granted: dict[str, str] | None = None
    """What the installation granted, where that is not the same."""
    hook: dict[str, str] = field(default_factory=dict)
    """What differs from the usual configuration of its webhook."""
    is_suspended: bool = False
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Manifests that were accepted and not yet converted, by their code."""


@dataclass(slots=True)
class World:
    """Everything, behind one lock."""

    repos: dict[str, Repo] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    """Personal tokens to logins."""
    installations: dict[str, Token] = field(default_factory=dict)
    """Installation tokens."""
    app: Registration = field(default_factory=Registration)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    writes: list[tuple[str, str, Any]] = field(default_factory=list)
    """Every change that was accepted: who, what, and a short account of it."""
    faults: list[Fault] = field(default_factory=list)
    clock: Callable[[], float] = time.time
    """A test moves it to let tokens expire."""
    loses: str = ""
    """Comments of a review that hold this are accepted and then not there."""
    most_files: int = 3_000
    most_entries: int = 100_000

    def next_id(self) -> int:
        """An id that nothing else has."""
        return next(self.numbers)

    def mint(
        self, permissions: Mapping[str, str], repositories: frozenset[str] | None = None
    ) -> str:
        """An installation token, in the long form that GitHub has given out since April 2026."""
        claims = "".join(uuid.uuid4().hex for _ in range(12))
        token = f"ghs_{APP_ID}_eyJhbGciOiJSUzI1NiJ9.{claims}.{uuid.uuid4().hex}-_{uuid.uuid4().hex}"
        expires = self.clock() + TOKEN_SECONDS
        self.installations[token] = Token(dict(permissions), repositories, expires)
        return token

    def record(self, login: str, what: str, detail: Any) -> None:
        """Write an accepted change down."""
        self.writes.append((login, what, detail))

    def fault_for(self, request: str, *, is_after: bool = False) -> Fault | None:
        """The fault that this request meets, which is then one time fewer."""
        for fault in self.faults:
            if fault.times > 0 and fault.match in request and fault.is_after is is_after:
                fault.times -= 1
                return fault
        return None

    def pulls_from(self, source: Repo, branch: str) -> Iterator[tuple[Repo, Pull]]:
        """Open pull requests whose head is this branch."""
        for repo in self.repos.values():
            for pull in repo.pulls.values():
                if pull.state == "open" and pull.head == branch and (pull.source or repo) is source:
                    yield repo, pull
