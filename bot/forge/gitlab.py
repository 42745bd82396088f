"""GitLab behind the port, on python-gitlab. What leaves it is our nouns, never a payload."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import quote

from . import gitlab_commits as commits
from . import gitlab_status as statuses
from . import gitlab_threads as talk
from .errors import Gone, Incomplete, Rejected, Unreachable
from .gitlab_api import Api, GitLabAccess, project_path
from .gitlab_files import Files
from .gitlab_positions import BEYOND, Version
from .marks import SUMMARY, answer_mark, as_summary
from .pacer import Pacer
from .port import (
    MAX_OPEN,
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
)
from .vocabulary import GITLAB

MAX_FILES: Final = 3000
DEVELOPER: Final = 30
"""Who may push (https://docs.gitlab.com/api/access_requests/#valid-access-levels)."""
_KEPT: Final = 200
_MAX_NOTES: Final = 2000
_TOO_MANY: Final = "GitLab shows only a part of this merge request's diff."
_NOT_READY: Final = "GitLab has not prepared the diff of this head yet."


class GitLab:
    """One project's forge. Blobs are kept in ``cache`` by object id."""

    def __init__(
        self,
        access: GitLabAccess,
        repository: str,
        cache: MutableMapping[str, bytes] | None = None,
        status_check: str | None = None,
        pacer: Pacer | None = None,
    ) -> None:
        self.api = Api(access, pacer)
        self._files = Files(self.api, {} if cache is None else cache)
        self._root = project_path(repository)
        self._status_check = status_check
        self._seen: OrderedDict[str, dict[str, Any]] = OrderedDict()
        """The merge request of each head that was asked for, as it was told last."""
        self._diff: tuple[PullRef, Version, tuple[ChangedFile, ...]] | None = None
        """The diff that was read last; comments are placed in the one that was judged."""

    @property
    def limits(self) -> Limits:
        """A note of a million characters is allowed, but nobody reads one.

        https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions
        """
        return Limits(
            comment_characters=65_535,
            comments_per_review=30,
            check_characters=65_535,
            annotations_per_request=50,
            has_check_runs=False,
            suggestion_lines_beyond_hunk=BEYOND,
            vocabulary=GITLAB,
        )

    def pull_request(self, ref: PullRef) -> PullRequest:
        """The merge request as it is now, and the tip of its target branch."""
        found = self.api.get(self._path(ref.number))
        target = quote(found["target_branch"], safe="")
        tip = self.api.get(f"{self._root}/repository/branches/{target}")["commit"]["id"]
        head = str(found["sha"] or "")
        self._remember(head, found)
        is_own = found["source_project_id"] == found["target_project_id"]
        source = ref.repository if is_own else self._fork(found["source_project_id"])
        is_archived = self.api.get(self._root)["archived"]
        return PullRequest(
            ref=ref,
            title=found["title"],
            author=(found.get("author") or {}).get("username", "ghost"),
            is_open=found["state"] == "opened" and not is_archived,
            is_draft=bool(found.get("draft")),
            base_ref=found["target_branch"],
            base_sha=tip,
            head_ref=found["source_branch"],
            head_sha=head,
            head_repository=source,
            head_is_writable=is_own or bool(source and found.get("allow_collaboration")),
            url=found["web_url"],
            is_merged=found["state"] == "merged",
        )

    def _remember(self, head: str, found: dict[str, Any]) -> None:
        self._seen[head] = found
        self._seen.move_to_end(head)
        while len(self._seen) > _KEPT:
            self._seen.popitem(last=False)

    def _fork(self, project: int | None) -> str | None:
        """The path of the project that a fork's branch is in; None where it is gone or hidden."""
        if project is None:
            return None
        try:
            return str(self.api.get(f"/projects/{project}")["path_with_namespace"])
        except Gone:
            return None

    def _path(self, number: int) -> str:
        return f"{self._root}/merge_requests/{number}"

    def pull_requests_of(self, repository: str, head_sha: str) -> tuple[PullRef, ...]:
        """Open merge requests with this head."""
        path = f"{project_path(repository)}/repository/commits/{head_sha}/merge_requests"
        return tuple(
            PullRef("gitlab", repository, one["iid"])
            for one in self.api.pages(path, limit=100)
            if one["state"] == "opened" and one["sha"] == head_sha
        )

    def pull_requests_into(self, repository: str, branch: str) -> tuple[PullRef, ...]:
        """Open merge requests whose target is this branch, those touched last first.

        https://docs.gitlab.com/api/merge_requests/#list-project-merge-requests
        """
        found = self.api.pages(
            f"{project_path(repository)}/merge_requests",
            limit=MAX_OPEN,
            state="opened",
            target_branch=branch,
            order_by="updated_at",
            sort="desc",
        )
        return tuple(PullRef("gitlab", repository, one["iid"]) for one in found)

    def merge_base(self, pull: PullRequest) -> str:
        """The commit the diff is taken against."""
        return self._version(pull).base_sha

    def _version(self, pull: PullRequest) -> Version:
        """The newest version of the diff, if it is of this head.

        GitLab makes versions in the background, so one may not be there yet.
        """
        path = f"{self._path(pull.ref.number)}/versions"
        for one in self.api.get(path, per_page=1):
            if one["head_commit_sha"] == pull.head_sha:
                return Version(one["base_commit_sha"], one["start_commit_sha"], pull.head_sha)
        raise Unreachable(_NOT_READY)

    def changed_files(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        """The diff. Raises ``Incomplete`` where GitLab leaves files out."""
        version = self._version(pull)
        if self._diff is not None and self._diff[:2] == (pull.ref, version):
            return self._diff[2]
        known = self._seen.get(pull.head_sha, {})
        if str(known.get("changes_count") or "").endswith("+"):
            raise Incomplete(_TOO_MANY)
        path = f"{self._path(pull.ref.number)}/diffs"
        found = tuple(self.api.pages(path, limit=MAX_FILES))
        if len(found) >= MAX_FILES:
            raise Incomplete(_TOO_MANY)
        files = tuple(_changed(one) for one in found)
        self._diff = pull.ref, version, files
        return files

    def list_files(self, repository: str, commit: str) -> Listing:
        """Every blob of a commit; GitLab tells no sizes there."""
        if self._diff is not None:
            ref, version, files = self._diff
            if (ref.repository, version.head_sha) == (repository, commit):
                return self._files.list_head(repository, version.base_sha, commit, files)
        return self._files.list_files(repository, commit)

    def read_blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Contents by object id. What is missing, binary or too large to be read is absent."""
        return self._files.read_blobs(repository, oids)

    def threads(self, pull: PullRequest) -> tuple[Thread, ...]:
        """Discussions on the diff whose first note is ours."""
        return tuple(talk.threads(self.api, self._path(pull.ref.number)))

    def post_review(
        self, pull: PullRequest, body: str, comments: tuple[Comment, ...]
    ) -> tuple[Comment, ...]:
        """Notes with one notification. GitLab has no words for a review as a whole."""
        del body
        if not comments:
            return ()
        version, files = self._version(pull), {one.path: one for one in self.changed_files(pull)}
        return talk.publish(self.api, self._path(pull.ref.number), comments, files, version)

    def resolve_thread(self, thread: Thread, word: str) -> None:
        """Say the word in it and mark it as resolved."""
        talk.resolve(self.api, thread, word)

    def reopen_thread(self, thread: Thread, word: str) -> None:
        """Say the word in it and mark it as open."""
        talk.reopen(self.api, thread, word)

    def ensure_summary(self, pull: PullRequest, body: str, *, begins: bool) -> None:
        """One note, edited in place, and only where it would change."""
        marked, path = as_summary(body), f"{self._path(pull.ref.number)}/notes"
        found = next((n for n in self._notes(path) if str(n["body"]).startswith(SUMMARY)), None)
        if found is not None and found["body"] == marked:
            return
        try:
            if found is not None:
                self.api.put(f"{path}/{found['id']}", {"body": marked})
                return
        except Gone:  # somebody deleted it meanwhile
            begins = True
        if begins:
            self.api.post(path, {"body": marked})

    def _notes(self, path: str) -> Iterator[dict[str, Any]]:
        """Our own, oldest first."""
        me = self.api.me()["id"]
        listed = self.api.pages(
            path,
            limit=_MAX_NOTES,
            sort="asc",
            order_by="created_at",
            activity_filter="only_comments",
        )
        return (one for one in listed if one["author"]["id"] == me)

    def ensure_check(self, repository: str, check: Check) -> None:
        """The commit status is as described, and the external status check where one is wished."""
        root, known = project_path(repository), self._seen.get(check.head_sha)
        if known is None:
            raise Gone("No merge request with this head was asked for.")
        statuses.ensure(self.api, root, check, _ref(known), _pipeline(known))
        if self._status_check is not None:
            statuses.answer_external(self.api, root, known["iid"], self._status_check, check)

    def commits_since(self, pull: PullRequest, sha: str) -> tuple[Commit, ...]:
        """What came onto the head after ``sha``."""
        return commits.commits_since(self.api, self._root, pull, sha)

    def commit_files(
        self, pull: PullRequest, message: str, files: Mapping[str, bytes | None]
    ) -> str:
        """One commit, only where the head still is the one that was read."""
        return commits.commit(self.api, pull, message, files)

    def propose_files(
        self,
        pull: PullRequest,
        message: str,
        files: Mapping[str, bytes | None],
        body: str,
    ) -> str:
        """A merge request of the bot's own into the head branch."""
        return commits.propose(self.api, self._root, pull, message, files, body)

    def may_write(self, repository: str, login: str) -> bool:
        """Whether this person is a developer at least, as GitLab says now, groups included."""
        people = self.api.get("/users", username=login)
        known = [one for one in people if one["username"].lower() == login.lower()]
        if not known:
            return False
        try:
            path = f"{project_path(repository)}/members/all/{known[0]['id']}"
            member = self.api.get(path)
        except Gone:
            return False
        return bool(member["state"] == "active" and member["access_level"] >= DEVELOPER)

    def answer(self, pull: PullRequest, comment_id: int | None, body: str) -> None:
        """In the discussion, whose id is the number in hexadecimal, or in the conversation."""
        path = self._path(pull.ref.number)
        marker = answer_mark(body)
        if marker is not None and self._is_said(f"{path}/notes", marker):
            return
        thread = "" if comment_id is None else f"/discussions/{comment_id:040x}"
        self.api.post(f"{path}{thread}/notes", {"body": body})

    def _is_said(self, path: str, marker: str) -> bool:
        return any(str(one["body"]).endswith(marker) for one in self._notes(path))

    def acknowledge(self, ref: PullRef, comment_id: int, *, inline: bool) -> None:
        """Eyes on the note; GitLab keeps one of each kind and calls the second one missing."""
        del inline
        path = f"{self._path(ref.number)}/notes/{comment_id}/award_emoji"
        try:
            self.api.post(path, {"name": "eyes"})
        except (Gone, Rejected) as error:
            if "already been taken" not in str(error):
                raise


def _changed(one: dict[str, Any]) -> ChangedFile:
    status = FileStatus.MODIFIED
    if one["new_file"]:
        status = FileStatus.ADDED
    elif one["deleted_file"]:
        status = FileStatus.REMOVED
    elif one["renamed_file"]:
        status = FileStatus.RENAMED
    is_renamed = status is FileStatus.RENAMED
    previous = one["old_path"] if is_renamed else None
    return ChangedFile(one["new_path"], previous, status, one.get("diff") or None)


def _ref(found: dict[str, Any]) -> str:
    """The branch, or of a fork the ref under which the target project has its commits."""
    if found["source_project_id"] == found["target_project_id"]:
        return str(found["source_branch"])
    return f"refs/merge-requests/{found['iid']}/head"


def _pipeline(found: dict[str, Any]) -> int | None:
    """The pipeline that the merge request waits for; one of another commit does not count."""
    pipeline = found.get("head_pipeline") or {}
    is_here = pipeline.get("project_id", found["target_project_id"]) == found["target_project_id"]
    return pipeline["id"] if is_here and pipeline.get("sha") == found["sha"] else None
