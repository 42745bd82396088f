"""A forge that reads and does not write: what would be said is kept. Wraps any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .port import (
    ChangedFile,
    Check,
    Comment,
    Commit,
    Forge,
    Limits,
    Listing,
    PullRef,
    PullRequest,
    Thread,
)


@dataclass(slots=True)
class DryRun:
    """Reads pass through; writes end up in the lists."""

    forge: Forge
    comments: list[Comment] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    resolved: list[Thread] = field(default_factory=list)
    reopened: list[Thread] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    commits: list[Mapping[str, bytes | None]] = field(default_factory=list)

    @property
    def limits(self) -> Limits:
        return self.forge.limits

    def pull_request(self, ref: PullRef) -> PullRequest:
        return self.forge.pull_request(ref)

    def pull_requests_of(self, repository: str, head_sha: str) -> tuple[PullRef, ...]:
        return self.forge.pull_requests_of(repository, head_sha)

    def pull_requests_into(self, repository: str, branch: str) -> tuple[PullRef, ...]:
        return self.forge.pull_requests_into(repository, branch)

    def merge_base(self, pull: PullRequest) -> str:
        return self.forge.merge_base(pull)

    def commits_since(self, pull: PullRequest, sha: str) -> tuple[Commit, ...]:
        return self.forge.commits_since(pull, sha)

    def changed_files(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        return self.forge.changed_files(pull)

    def list_files(self, repository: str, commit: str) -> Listing:
        return self.forge.list_files(repository, commit)

    def read_blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        return self.forge.read_blobs(repository, oids)

    def threads(self, pull: PullRequest) -> tuple[Thread, ...]:
        return self.forge.threads(pull)

    def may_write(self, repository: str, login: str) -> bool:
        return self.forge.may_write(repository, login)

    def post_review(
        self, pull: PullRequest, body: str, comments: tuple[Comment, ...]
    ) -> tuple[Comment, ...]:
        del pull, body
        self.comments.extend(comments)
        return comments

    def resolve_thread(self, thread: Thread, word: str) -> None:
        del word
        self.resolved.append(thread)

    def reopen_thread(self, thread: Thread, word: str) -> None:
        del word
        self.reopened.append(thread)

    def ensure_summary(self, pull: PullRequest, body: str, *, begins: bool) -> None:
        del pull
        if begins:
            self.summaries.append(body)

    def ensure_check(self, repository: str, check: Check) -> None:
        del repository
        self.checks.append(check)

    def commit_files(
        self, pull: PullRequest, message: str, files: Mapping[str, bytes | None]
    ) -> str:
        del message
        self.commits.append(files)
        return pull.head_sha

    def propose_files(
        self,
        pull: PullRequest,
        message: str,
        files: Mapping[str, bytes | None],
        body: str,
    ) -> str:
        del message, body
        self.commits.append(files)
        return pull.url

    def answer(self, pull: PullRequest, comment_id: int | None, body: str) -> None:
        del pull, comment_id
        self.answers.append(body)

    def acknowledge(self, ref: PullRef, comment_id: int, *, inline: bool) -> None:
        del ref, comment_id, inline
