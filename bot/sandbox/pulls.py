"""What can happen to repositories, branches and pull requests of the sandbox.

Changes state and sends the webhooks that GitHub would. Knows no conversation and no check. No HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from . import shapes
from .hooks import Hooks
from .limits import Refusal
from .meter import Meter
from .placing import outdate
from .push_shape import NOWHERE, push
from .repository import GitFailed, GitRepository, person
from .state import BOT_LOGIN, Fault, Pull, Repo, World, now


class Pulls:
    """Repositories with their pull requests; ``url`` is set once the server listens."""

    bot: ClassVar[str] = BOT_LOGIN
    """The login that the product's own account has here."""

    def __init__(self, directory: Path, hooks: Hooks | None = None) -> None:
        self.directory = directory
        self.world = World()
        self.hooks = hooks or Hooks()
        self.url = ""
        self.requests: list[str] = []
        """Method and route of every API request."""
        self.meter: Meter | None = None
        """Counts requests and refuses too many, where there is one."""

    def create_repository(self, name: str, people: Mapping[str, str]) -> Repo:
        """A new repository with people and their permissions."""
        with self.world.lock:
            git = GitRepository.create(self.directory / f"{name}.git")
            repo = Repo(self.world.next_id(), name, git, dict(people))
            self.world.repos[name] = repo
            return repo

    def fork(self, repo: Repo, login: str) -> Repo:
        """A copy under somebody's own name, where the App is not installed."""
        with self.world.lock:
            copy = self.create_repository(f"{login}/{repo.name.split('/')[1]}", {login: "admin"})
            copy.parent, copy.is_installed = repo.name, False
            copy.git.fetch(repo.git.directory, "main", "main")
            return copy

    def push(
        self, repo: Repo, branch: str, files: Mapping[str, bytes | None], message: str, login: str
    ) -> str:
        """A commit on a branch, new or not, and what follows from it."""
        with self.world.lock:
            try:
                parent: str | None = repo.git.head(branch)
            except GitFailed:
                parent = None
            sha = repo.git.commit(branch, files, message, person(login), parent)
            self.pushed(repo, branch, parent or NOWHERE, login)
            self.moved(repo, branch, login)
            return sha

    def open_pull(
        self,
        repo: Repo,
        base: str,
        head: str,
        title: str,
        author: str,
        source: Repo | None = None,
        *,
        maintainers_may_edit: bool = False,
        is_draft: bool = False,
    ) -> Pull:
        """A pull request, from a branch here or of the fork ``source``, and its webhook."""
        with self.world.lock:
            pull = Pull(len(repo.pulls) + 1, title, author, base, head, source=source)
            pull.maintainers_may_edit, pull.is_draft = maintainers_may_edit, is_draft
            pull.head_sha = self._bring(repo, pull)
            repo.pulls[pull.number] = pull
            self.tell(repo, pull, "opened", author)
            return pull

    def _bring(self, repo: Repo, pull: Pull) -> str:
        """The head commit, whose objects the base repository has as well."""
        if pull.source is None:
            return repo.git.head(pull.head)
        return repo.git.fetch(pull.source.git.directory, pull.head, f"pull/{pull.number}")

    def close_pull(self, repo: Repo, pull: Pull, login: str, *, merges: bool = False) -> None:
        """Close, without merging or with: the base branch then stands at the head."""
        with self.world.lock:
            pull.state, pull.closed = "closed", now()
            if merges:
                pull.merged, pull.merged_onto = pull.closed, repo.base_of(pull)
                repo.git.branch(pull.base, pull.head_sha)
                self.pushed(repo, pull.base, pull.merged_onto, login)
            self.tell(repo, pull, "closed", login)

    def reopen_pull(self, repo: Repo, pull: Pull, login: str) -> None:
        """Open again, at the head as it is by now."""
        with self.world.lock:
            pull.state, pull.closed = "open", None
            if pull.source_is_there:
                pull.head_sha = self._bring(repo, pull)
            self.tell(repo, pull, "reopened", login)

    def mark_ready(self, repo: Repo, pull: Pull, login: str) -> None:
        """A draft is one no more."""
        with self.world.lock:
            pull.is_draft = False
            self.tell(repo, pull, "ready_for_review", login)

    def pushed(self, repo: Repo, branch: str, before: str, login: str) -> None:
        """Tell that a branch stands elsewhere by now."""
        self.emit("push", repo, login, push(self.url, repo, branch, before, login))

    def moved(self, repo: Repo, branch: str, login: str) -> None:
        """A branch has a new head: its pull requests follow, their old comments are outdated."""
        for target, pull in self.world.pulls_from(repo, branch):
            before, pull.head_sha = pull.head_sha, self._bring(target, pull)
            pull.updated = now()
            if before == pull.head_sha:
                continue
            outdate(target, pull, before, list(pull.inline.values()))
            extra = {"before": before, "after": pull.head_sha}
            self.tell(target, pull, "synchronize", login, extra)

    def patches(self, repo: Repo, pull: Pull, commit: str) -> dict[str, str | None]:
        """The diff of a pull request, up to one of its commits, by path."""
        base = repo.git.merge_base(repo.base_of(pull), commit)
        return {one.path: one.patch for one in repo.git.changes(base, commit)}

    def commit_on_branch(
        self,
        repo: Repo,
        login: str,
        branch: str,
        expected: str,
        message: str,
        files: Mapping[str, bytes | None],
    ) -> str:
        """``createCommitOnBranch``: only where the head is the one that was expected."""
        with self.world.lock:
            head = repo.git.head(branch)
            if head != expected:
                said = f'Expected branch to point to "{expected}" but it did not.'
                raise Refusal(409, f"{said} Pull and try again.")
            there = {blob.path for blob in repo.git.tree(head)}
            if any(data is None and path not in there for path, data in files.items()):
                said = "A path was requested for deletion which does not exist as of commit oid"
                raise Refusal(422, f"{said} `{head}`")
            self.world.record(login, "commit", {"branch": branch, "paths": sorted(files)})
            return self.push(repo, branch, files, message, login)

    def ping(self) -> None:
        """What GitHub sends when a webhook has just been set up."""
        self.hooks.send("ping", shapes.ping(self.url))

    def fail_next(
        self,
        times: int = 1,
        status: int = 502,
        message: str = "Server Error",
        headers: Mapping[str, str] | None = None,
        match: str = "",
        *,
        is_after: bool = False,
    ) -> None:
        """The next *METHOD path body* with ``match`` get this, ``is_after`` once carried out."""
        with self.world.lock:
            self.world.faults.append(Fault(times, status, message, headers or {}, match, is_after))

    def emit(self, event: str, repo: Repo, login: str, payload: dict[str, Any]) -> None:
        """Send a webhook with what every payload carries, where the App is installed and subscribed
        to such ones.
        """
        if not repo.is_installed or event not in self.world.app.events:
            return
        common = {
            "repository": shapes.repository(self.url, repo),
            "sender": shapes.user(self.url, login),
            "installation": {"id": shapes.INSTALLATION, "node_id": "MDIz"},
        }
        self.hooks.send(event, {**payload, **common})

    def tell(
        self, repo: Repo, pull: Pull, action: str, login: str, extra: dict[str, Any] | None = None
    ) -> None:
        """Tell of a pull request."""
        shape = shapes.pull(self.url, repo, pull)
        payload = {"action": action, "number": pull.number, "pull_request": shape}
        self.emit("pull_request", repo, login, {**payload, **(extra or {})})
