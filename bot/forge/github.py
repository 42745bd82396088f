"""GitHub behind the port, on PyGithub. What leaves it is our nouns, never a payload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import quote

from . import github_checks as checks
from . import github_commits as commits
from . import github_history as history
from . import github_summary as summary
from . import github_threads as talk
from .errors import Gone, Rejected
from .github_api import Api
from .github_files import Files
from .github_tokens import Credentials
from .kept import Kept, Recent
from .marks import answer_mark
from .pacer import Hurry, Pacer
from .port import (
    MAX_OPEN,
    ChangedFile,
    Check,
    Comment,
    Commit,
    Limits,
    Listing,
    PullRef,
    PullRequest,
    Thread,
)
from .vocabulary import GITHUB, GITHUB_STATUS

_WRITERS: Final = ("admin", "maintain", "write")


class GitHub:
    """One repository's forge.

    Blobs are kept in ``cache`` by object id, and in ``kept`` what follows from commit ids alone.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        repository: str,
        cache: MutableMapping[str, bytes] | None = None,
        pause: float | None = None,
        pacer: Pacer | None = None,
        kept: Kept | None = None,
    ) -> None:
        self.api = Api(base_url.rstrip("/"), credentials, repository, pause, pacer or Hurry())
        self._files = Files(
            self.api, {} if cache is None else cache, Recent() if kept is None else kept
        )
        self._root = f"/repos/{repository}"
        self._told: dict[int, summary.Found | None] = {}

    @property
    def limits(self) -> Limits:
        """https://docs.github.com/rest/checks/runs and what users report of reviews."""
        return Limits(
            comment_characters=65_535,
            comments_per_review=30,
            check_characters=65_535,
            annotations_per_request=50,
            has_check_runs=self.api.is_app,
            vocabulary=GITHUB if self.api.is_app else GITHUB_STATUS,
        )

    def pull_request(self, ref: PullRef) -> PullRequest:
        """The pull request as it is now."""
        found = self.api.get(f"{self._root}/pulls/{ref.number}")
        head, base = found["head"], found["base"]
        head_repository = head["repo"]["full_name"] if head.get("repo") else None
        self._files.note_count(head["sha"], found["changed_files"])
        return PullRequest(
            ref=ref,
            title=found["title"],
            author=(found.get("user") or {}).get("login", "ghost"),
            is_open=found["state"] == "open" and not base["repo"]["archived"],
            is_draft=bool(found.get("draft")),
            base_ref=base["ref"],
            base_sha=base["sha"],
            head_ref=head["ref"],
            head_sha=head["sha"],
            head_repository=head_repository,
            head_is_writable=head_repository == ref.repository
            or (head_repository is not None and bool(found.get("maintainer_can_modify"))),
            url=found["html_url"],
            is_merged=bool(found.get("merged")),
        )

    def pull_requests_of(self, repository: str, head_sha: str) -> tuple[PullRef, ...]:
        """Open pull requests with this head."""
        found = self.api.pages(f"/repos/{repository}/commits/{head_sha}/pulls", limit=100)
        return tuple(
            PullRef("github", repository, one["number"])
            for one in found
            if one["state"] == "open" and one["head"]["sha"] == head_sha
        )

    def pull_requests_into(self, repository: str, branch: str) -> tuple[PullRef, ...]:
        """Open pull requests whose base is this branch, those touched last first.

        https://docs.github.com/rest/pulls/pulls#list-pull-requests
        """
        order = "state=open&sort=updated&direction=desc"
        path = f"/repos/{repository}/pulls?base={quote(branch, safe='')}&{order}"
        found = self.api.pages(path, limit=MAX_OPEN)
        return tuple(PullRef("github", repository, one["number"]) for one in found)

    def merge_base(self, pull: PullRequest) -> str:
        """The commit the diff is taken against."""
        return self._files.merge_base(pull)

    def commits_since(self, pull: PullRequest, sha: str) -> tuple[Commit, ...]:
        """What came onto the head after ``sha``."""
        return history.commits_since(self.api, self._root, pull, sha)

    def changed_files(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        """The diff. Raises ``Incomplete`` past the 3,000 files that GitHub lists."""
        return self._files.changed(pull)

    def list_files(self, repository: str, commit: str) -> Listing:
        """Every blob of a commit."""
        return self._files.listed(repository, commit)

    def read_blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Contents by object id, many in one request. A missing or binary blob is absent."""
        return self._files.blobs(repository, oids)

    def threads(self, pull: PullRequest) -> tuple[Thread, ...]:
        """Threads whose first comment is ours."""
        held = talk.read(self.api, pull)
        self._told[pull.ref.number] = held.summary
        return held.threads

    def post_review(
        self, pull: PullRequest, body: str, comments: tuple[Comment, ...]
    ) -> tuple[Comment, ...]:
        """One review. Where one anchor is refused, the halves are tried, so the rest is kept."""
        if not comments:
            return ()
        path = f"{self._root}/pulls/{pull.ref.number}/reviews"
        wanted = {
            "commit_id": pull.head_sha,
            "event": "COMMENT",
            "body": body,
            "comments": [_anchored(comment) for comment in comments],
        }
        try:
            made = self.api.post(path, wanted)
        except Rejected:
            if len(comments) == 1:
                return ()
            middle = len(comments) // 2
            first = self.post_review(pull, body, comments[:middle])
            return first + self.post_review(pull, body, comments[middle:])
        kept = self.api.pages(f"{path}/{made['id']}/comments", limit=100)
        held = {(one["path"], str(one["body"]).strip()) for one in kept}
        return tuple(one for one in comments if (one.path, one.body.strip()) in held)

    def resolve_thread(self, thread: Thread, word: str) -> None:
        """Say the word in it and mark it as resolved."""
        talk.resolve(self.api, thread, word)

    def reopen_thread(self, thread: Thread, word: str) -> None:
        """Say the word in it and mark it as open."""
        talk.reopen(self.api, thread, word)

    def ensure_summary(self, pull: PullRequest, body: str, *, begins: bool) -> None:
        """One comment, edited in place, and only where it would change."""
        number = pull.ref.number
        found = self._told.pop(number, None) or summary.listed(self.api, self._root, number)
        summary.ensure(self.api, self._root, number, found, body, begins=begins)

    def ensure_check(self, repository: str, check: Check) -> None:
        """The check run, or with a token the commit status, is as described."""
        checks.ensure(self.api, f"/repos/{repository}", check)

    def commit_files(
        self, pull: PullRequest, message: str, files: Mapping[str, bytes | None]
    ) -> str:
        """One signed commit, only where the head still is the one that was read."""
        return commits.commit(self.api, pull, message, files)

    def propose_files(
        self,
        pull: PullRequest,
        message: str,
        files: Mapping[str, bytes | None],
        body: str,
    ) -> str:
        """A pull request of the bot's own against the head branch."""
        return commits.propose(self.api, self._root, pull, message, files, body)

    def may_write(self, repository: str, login: str) -> bool:
        """Whether this person may push, as GitHub says now."""
        try:
            found = self.api.get(f"/repos/{repository}/collaborators/{login}/permission")
        except Gone:
            return False
        return found["permission"] in _WRITERS

    def answer(self, pull: PullRequest, comment_id: int | None, body: str) -> None:
        """In the thread, or in the conversation."""
        kind = "issues" if comment_id is None else "pulls"
        path = f"{self._root}/{kind}/{pull.ref.number}/comments"
        marker = answer_mark(body)
        if marker is None or not self._is_said(path, marker):
            thread = "" if comment_id is None else f"/{comment_id}/replies"
            self.api.post(path + thread, {"body": body})

    def _is_said(self, path: str, marker: str) -> bool:
        found = self.api.pages(path, limit=1000)
        return any(
            str(one["body"]).endswith(marker) and summary.is_own(self.api, one) for one in found
        )

    def acknowledge(self, ref: PullRef, comment_id: int, *, inline: bool) -> None:
        """Eyes on the comment; GitHub keeps one of each kind."""
        del ref
        kind = "pulls" if inline else "issues"
        path = f"{self._root}/{kind}/comments/{comment_id}/reactions"
        self.api.post(path, {"content": "eyes"})


def _anchored(comment: Comment) -> dict[str, Any]:
    """GitHub refuses a ``start_line`` that equals ``line``."""
    shape: dict[str, Any] = {
        "path": comment.path,
        "line": comment.line,
        "side": "RIGHT",
        "body": comment.body,
    }
    if comment.start_line < comment.line:
        shape |= {"start_line": comment.start_line, "start_side": "RIGHT"}
    return shape
