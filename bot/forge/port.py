"""The port: what the bot asks of a code host, in the bot's own nouns.

Verbs name the end state; calling twice is calling once. Knows no host, no client library and no
payload. Differences between hosts are data (``Limits``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from .conclusion import Conclusion as Conclusion
from .vocabulary import GITHUB, Vocabulary

MAX_OPEN: Final = 1_000
"""So many open pull requests of one branch are listed; who is after them waits for a webhook."""


@dataclass(frozen=True, slots=True)
class PullRef:
    """Which pull request: ``forge`` is "github" or "gitlab", ``repository`` the path of its
    repository ("owner/name", on GitLab also "group/subgroup/name").

    As text it is what people of its host write.
    """

    forge: str
    repository: str
    number: int

    def __str__(self) -> str:
        sign = "!" if self.forge == "gitlab" else "#"
        return f"{self.repository}{sign}{self.number}"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as the forge tells it now. SHAs are full."""

    ref: PullRef
    title: str
    author: str
    is_open: bool
    """False as well where the repository is archived: nothing can be written any more."""
    is_draft: bool
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    head_repository: str | None
    """"owner/name" of the head branch; None when the fork is gone."""
    head_is_writable: bool
    url: str
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of a pull request. ``is_ours`` where this bot made it, ``credits_us`` where
    somebody applied a suggestion of ours with the host's own button, which names a co-author.
    """

    sha: str
    message: str
    is_ours: bool = False
    credits_us: bool = False


class FileStatus(Enum):
    """What the pull request did to a file."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of the diff. ``patch`` is None where the forge shows none (binary, too large)."""

    path: str
    previous_path: str | None
    status: FileStatus
    patch: str | None


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A blob in a commit. ``mode`` is git's: "120000" is a symlink, "160000" a submodule."""

    path: str
    mode: str
    oid: str
    size: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a commit. ``is_complete`` is False where the forge truncated the list."""

    entries: tuple[TreeEntry, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """An inline comment to post: new-side lines ``start_line`` to ``line``, inside one hunk."""

    path: str
    start_line: int
    line: int
    body: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said in a thread after its first comment."""

    body: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation this bot began on a line. ``body`` is its first comment, markers included."""

    id: str
    comment_id: int
    path: str
    body: str
    is_resolved: bool
    replies: tuple[Reply, ...] = ()
    """Oldest first, the bot's own ones included."""
    linked_as: int | None = None
    """The number in a link to its first comment, where that is not ``comment_id``."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note on lines of a file that shows in the check, wherever the diff is."""

    path: str
    start_line: int
    end_line: int
    level: str
    """"notice", "warning" or "failure"."""
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the check."""

    identifier: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Check:
    """The check's whole state. ``conclusion`` None means still running."""

    name: str
    head_sha: str
    external_id: str
    """Our run's id; ``ensure_check`` finds and updates the check that carries it."""
    title: str
    summary: str
    text: str = ""
    conclusion: Conclusion | None = None
    annotations: tuple[Annotation, ...] = ()
    actions: tuple[Action, ...] = ()
    details_url: str | None = None
    is_first: bool = False
    """True where no run can have begun it before, so that it need not be looked for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a host can carry, as data."""

    comment_characters: int
    comments_per_review: int
    check_characters: int
    annotations_per_request: int
    has_check_runs: bool
    suggestion_lines_beyond_hunk: int = 0
    vocabulary: Vocabulary = GITHUB
    """What people call things there."""


@dataclass(frozen=True, slots=True)
class OpenPull:
    """An open pull request and the commit that it stands at."""

    ref: PullRef
    head_sha: str


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A webhook that never arrived. ``number`` is its last attempt, ``guid`` the delivery."""

    number: int
    guid: str


class Watchtower(Protocol):
    """What may be asked of a host about everything that this bot looks after."""

    def recent_pulls(self, since: float, until: float) -> Iterable[OpenPull]:
        """Open pull requests that were last touched between these times."""

    def failed_deliveries(self, since: float) -> tuple[FailedDelivery, ...]:
        """Deliveries since then of which no attempt was accepted."""

    def redeliver(self, delivery: FailedDelivery) -> None:
        """Ask for it again."""


class Forge(Protocol):
    """What the pipeline may ask of a host. Adapters raise the family in ``errors.py`` only."""

    @property
    def limits(self) -> Limits:
        """What the host can carry."""

    def pull_request(self, ref: PullRef) -> PullRequest:
        """The pull request as it is now."""

    def pull_requests_of(self, repository: str, head_sha: str) -> tuple[PullRef, ...]:
        """Open pull requests with this head; a check's payload names none for forks."""

    def pull_requests_into(self, repository: str, branch: str) -> tuple[PullRef, ...]:
        """Open pull requests whose base is this branch, those touched last first."""

    def merge_base(self, pull: PullRequest) -> str:
        """The commit the diff is taken against."""

    def commits_since(self, pull: PullRequest, sha: str) -> tuple[Commit, ...]:
        """What came onto the head after ``sha``, oldest first; empty where that is not known."""

    def changed_files(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        """The diff, file by file, complete or ``Incomplete`` is raised."""

    def list_files(self, repository: str, commit: str) -> Listing:
        """Every blob of a commit, without contents."""

    def read_blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Contents by blob id, batched and cached. A missing or binary blob is absent."""

    def threads(self, pull: PullRequest) -> tuple[Thread, ...]:
        """The conversations this bot began, resolved ones included."""

    def post_review(
        self, pull: PullRequest, body: str, comments: tuple[Comment, ...]
    ) -> tuple[Comment, ...]:
        """Post one review on ``pull.head_sha``; those comments that the forge really kept."""

    def resolve_thread(self, thread: Thread, word: str) -> None:
        """Answer with ``word`` and mark as resolved; a resolved thread is left alone."""

    def reopen_thread(self, thread: Thread, word: str) -> None:
        """Answer with ``word`` and mark as open again; an open thread is left alone."""

    def ensure_summary(self, pull: PullRequest, body: str, *, begins: bool) -> None:
        """One comment on the conversation, edited in place; found again by its marker.

        Where there is none yet it is written only if ``begins``.
        """

    def ensure_check(self, repository: str, check: Check) -> None:
        """The check on its head is as described. Annotations go out once, with the conclusion."""

    def commit_files(
        self, pull: PullRequest, message: str, files: Mapping[str, bytes | None]
    ) -> str:
        """One commit on the head branch, only if it still is ``pull.head_sha``; its SHA.

        ``None`` deletes a file. Raises ``HeadMoved`` where somebody pushed meanwhile.
        """

    def propose_files(
        self,
        pull: PullRequest,
        message: str,
        files: Mapping[str, bytes | None],
        body: str,
    ) -> str:
        """A pull request with one commit against the head branch, for one that takes no commits
        from this bot; its address. One of this head that is there already is taken.

        Raises ``Refused`` where that is not possible either.
        """

    def may_write(self, repository: str, login: str) -> bool:
        """Whether this person may push to the repository, asked now."""

    def answer(self, pull: PullRequest, comment_id: int | None, body: str) -> None:
        """Answer in the thread of an inline comment, or in the conversation when None.

        A body that ends in ``<!-- lockstitch:answer KEY -->`` is written once.
        """

    def acknowledge(self, ref: PullRef, comment_id: int, *, inline: bool) -> None:
        """A reaction that says "seen" on somebody's comment."""
