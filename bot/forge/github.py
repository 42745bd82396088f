"""GitHub behind the port, on PyGithub. What leaves it is our nouns, never a payload."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Final

from . import github_checks as checks
from . import github_commits as commits
from . import github_history as history
from . import github_queries as queries
from . import github_threads as talk
from .blob_ids import is_blob
from .errors import Gone, Incomplete, Rejected
from .github_api import Api
from .github_tokens import Credentials
from .pacer import Hurry, Pacer
from .port import (
    ChangedFile,
    Check,
    Comment,
    Commit,
    FileStatus,
    Limits,
    Listing,
    PullRef,
    PullRequest,
    Thread,
    TreeEntry,
)

SUMMARY_MARKER: Final = "<!-- lockstitch:summary -->"
ANSWER_MARKER: Final = "<!-- lockstitch:answer "
MAX_FILES: Final = 3000
_BATCH: Final = 60
_WRITERS: Final = ("admin", "maintain", "write")
_STATUSES: Final = {
    "added": FileStatus.ADDED,
    "copied": FileStatus.ADDED,
    "removed": FileStatus.REMOVED,
    "renamed": FileStatus.RENAMED,
}


class GitHub:
    """One repository's forge. Blobs are kept in ``cache`` by object id."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        repository: str,
        cache: MutableMapping[str, bytes] | None = None,
        pause: float | None = None,
        pacer: Pacer | None = None,
    ) -> None:
        self.api = Api(base_url.rstrip("/"), credentials, repository, pause, pacer or Hurry())
        self._cache: MutableMapping[str, bytes] = {} if cache is None else cache
        self._root = f"/repos/{repository}"

    @property
    def limits(self) -> Limits:
        """https://docs.github.com/rest/checks/runs and what users report of reviews."""
        return Limits(
            comment_characters=65_535,
            comments_per_review=30,
            check_characters=65_535,
            annotations_per_request=50,
            has_check_runs=self.api.is_app,
        )

    def pull_request(self, ref: PullRef) -> PullRequest:
        """The pull request as it is now."""
        found = self.api.get(f"{self._root}/pulls/{ref.number}")
        head, base = found["head"], found["base"]
        head_repository = head["repo"]["full_name"] if head.get("repo") else None
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

    def merge_base(self, pull: PullRequest) -> str:
        """The commit the diff is taken against."""
        spec = f"{pull.base_sha}...{pull.head_sha}"
        compared = self.api.get(f"{self._root}/compare/{spec}?per_page=1")
        return str(compared["merge_base_commit"]["sha"])

    def commits_since(self, pull: PullRequest, sha: str) -> tuple[Commit, ...]:
        """What came onto the head after ``sha``."""
        return history.commits_since(self.api, self._root, pull, sha)

    def changed_files(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        """The diff. Raises ``Incomplete`` past the 3,000 files that GitHub lists."""
        path = f"{self._root}/pulls/{pull.ref.number}/files"
        found = tuple(self.api.pages(path, limit=MAX_FILES))
        if len(found) >= MAX_FILES:
            raise Incomplete(f"The pull request changes {MAX_FILES} files or more.")
        return tuple(
            ChangedFile(
                one["filename"],
                one.get("previous_filename"),
                _STATUSES.get(one["status"], FileStatus.MODIFIED),
                one.get("patch"),
            )
            for one in found
        )

    def list_files(self, repository: str, commit: str) -> Listing:
        """Every blob of a commit."""
        found = self.api.get(f"/repos/{repository}/git/trees/{commit}?recursive=1")
        entries = tuple(
            TreeEntry(one["path"], one["mode"], one["sha"], one.get("size", 0))
            for one in found["tree"]
            if one["type"] != "tree"
        )
        return Listing(entries, is_complete=not found["truncated"])

    def read_blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Contents by object id, many in one request. A missing or binary blob is absent."""
        wanted = list(dict.fromkeys(oids))
        missing = [oid for oid in wanted if oid not in self._cache]
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            self._cache.update(self._read_batch(repository, batch))
        return {oid: self._cache[oid] for oid in wanted if oid in self._cache}

    def _read_batch(self, repository: str, oids: list[str]) -> Iterator[tuple[str, bytes]]:
        variables = dict(zip(("owner", "name"), repository.split("/"), strict=True))
        found = self.api.graphql(queries.blobs(oids), variables)["repository"] or {}
        for number, oid in enumerate(oids):
            blob = found.get(f"b{number}")
            if not blob or blob["isBinary"]:
                continue
            data = (blob["text"] or "").encode()
            # GraphQL answers in text: a BOM or a stray byte may be lost on the way.
            if blob["isTruncated"] or not is_blob(oid, data):
                answer = self.api.get(f"/repos/{repository}/git/blobs/{oid}")
                data = base64.b64decode(answer["content"])
            yield oid, data

    def threads(self, pull: PullRequest) -> tuple[Thread, ...]:
        """Threads whose first comment is ours."""
        return tuple(talk.threads(self.api, pull))

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
        marked = f"{SUMMARY_MARKER}\n{body}" if SUMMARY_MARKER not in body else body
        path = f"{self._root}/issues/{pull.ref.number}/comments"
        for one in self.api.pages(path, limit=1000):
            if str(one["body"]).startswith(SUMMARY_MARKER) and self._is_own(one):
                if one["body"] != marked:
                    self.api.patch(f"{self._root}/issues/comments/{one['id']}", {"body": marked})
                return
        if begins:
            self.api.post(path, {"body": marked})

    def _is_own(self, comment: dict[str, Any]) -> bool:
        """An App writes as a bot; with a token the marker has to do."""
        is_bot = (comment.get("user") or {}).get("type") == "Bot"
        return is_bot or not self.api.is_app

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
        marker = body[body.rfind(ANSWER_MARKER) :] if ANSWER_MARKER in body else None
        if marker is None or not self._is_said(path, marker):
            thread = "" if comment_id is None else f"/{comment_id}/replies"
            self.api.post(path + thread, {"body": body})

    def _is_said(self, path: str, marker: str) -> bool:
        found = self.api.pages(path, limit=1000)
        return any(str(one["body"]).endswith(marker) and self._is_own(one) for one in found)

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
