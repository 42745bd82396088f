"""What can happen on the sandbox: pull requests, pushes, comments, suggestions, checks.

Changes state, enforces the vendor's rules, and sends the webhooks that GitHub would. No HTTP.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import shapes
from .hooks import Hooks
from .limits import Refusal, check_anchor, check_comment_body
from .repository import GitFailed, GitRepository, Person
from .state import BOT_LOGIN, InlineComment, IssueComment, Pull, Repo, World

_SUGGESTION = re.compile(r"^(`{3,})suggestion[^\n]*\n(.*?)^\1`*[ \t]*$", re.MULTILINE | re.DOTALL)
_MAY_WRITE = ("admin", "maintain", "write")


class Forge:
    """The whole forge behind its HTTP face; ``url`` is set once the server listens."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.world = World()
        self.hooks = Hooks()
        self.url = ""
        self.requests: list[str] = []
        """Method and route of every API request."""

    def create_repository(self, name: str, people: Mapping[str, str]) -> Repo:
        """A new repository with people and their permissions."""
        with self.world.lock:
            git = GitRepository.create(self.directory / f"{name}.git")
            repo = Repo(self.world.next_id(), name, git, dict(people))
            self.world.repos[name] = repo
            return repo

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
            self.moved(repo, branch, login)
            return sha

    def open_pull(self, repo: Repo, base: str, head: str, title: str, author: str) -> Pull:
        """A pull request, and its webhook."""
        with self.world.lock:
            pull = Pull(len(repo.pulls) + 1, title, author, base, head)
            pull.head_sha = repo.git.head(head)
            repo.pulls[pull.number] = pull
            self._send(repo, pull, "opened", author)
            return pull

    def close_pull(self, repo: Repo, pull: Pull, login: str) -> None:
        """Close without merging."""
        with self.world.lock:
            pull.state = "closed"
            self._send(repo, pull, "closed", login)

    def moved(self, repo: Repo, branch: str, login: str) -> None:
        """A branch has a new head: its pull requests follow, their old comments are outdated."""
        for pull in repo.pulls.values():
            if pull.head != branch or pull.state != "open":
                continue
            before, pull.head_sha = pull.head_sha, repo.git.head(branch)
            self._outdate(repo, pull, before)
            if before != pull.head_sha:
                extra = {"before": before, "after": pull.head_sha}
                self._send(repo, pull, "synchronize", login, extra)

    def _outdate(self, repo: Repo, pull: Pull, before: str) -> None:
        """A comment whose lines changed loses its place; others move with their lines."""
        for comment in pull.inline.values():
            if comment.line is None or comment.is_outdated or comment.reply_to is not None:
                continue
            first = comment.start_line or comment.line
            moved = _follow(repo.git, before, pull.head_sha, comment.path, first, comment.line)
            if moved is None:
                comment.is_outdated = True
                continue
            if comment.start_line is not None:
                comment.start_line += moved
            comment.line += moved

    def patches(self, repo: Repo, pull: Pull) -> dict[str, str | None]:
        """The diff of a pull request by path."""
        base = repo.git.merge_base(repo.git.head(pull.base), pull.head_sha)
        return {
            path: repo.git.patch(base, pull.head_sha, path, previous)
            for _, path, previous in repo.git.diff(base, pull.head_sha)
        }

    def review(self, repo: Repo, pull: Pull, login: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """A review with its comments: all of them, or none and a 422."""
        with self.world.lock:
            commit = wanted.get("commit_id") or pull.head_sha
            if wanted.get("event") not in ("COMMENT", "APPROVE", "REQUEST_CHANGES"):
                raise Refusal(422, "Unprocessable Entity", ["Variable $event was provided invalid"])
            comments = wanted.get("comments") or []
            if not comments and not wanted.get("body"):
                raise Refusal(422, "Unprocessable Entity", ["body can't be blank"])
            patches = self.patches(repo, pull)
            for comment in comments:
                check_comment_body(comment.get("body"))
                check_anchor(comment, patches)
            number = self.world.next_id()
            for comment in comments:
                self._add_inline(pull, login, comment, commit, number)
            review = {"id": number, "body": wanted.get("body") or "", "login": login}
            pull.reviews[number] = {**review, "commit": commit}
            self.world.record(login, "review", {"number": number, "comments": len(comments)})
            return pull.reviews[number]

    def _add_inline(
        self, pull: Pull, login: str, wanted: dict[str, Any], commit: str, review: int
    ) -> None:
        comment = InlineComment(
            id=self.world.next_id(),
            author=login,
            body=wanted["body"],
            path=wanted["path"],
            commit=commit,
            line=wanted["line"],
            start_line=wanted.get("start_line"),
            review=review,
            original_line=wanted["line"],
            original_start_line=wanted.get("start_line"),
        )
        pull.inline[comment.id] = comment

    def reply(self, repo: Repo, pull: Pull, root: int, login: str, body: str) -> InlineComment:
        """An answer in an inline thread."""
        with self.world.lock:
            check_comment_body(body)
            first = pull.inline.get(root)
            if first is None or first.reply_to is not None:
                raise Refusal(404, "Not Found")
            comment = InlineComment(
                id=self.world.next_id(),
                author=login,
                body=body,
                path=first.path,
                commit=first.commit,
                line=first.line,
                start_line=first.start_line,
                review=None,
                reply_to=root,
                original_line=first.original_line,
                original_start_line=first.original_start_line,
            )
            pull.inline[comment.id] = comment
            self.world.record(login, "reply", {"thread": root, "body": body})
            payload = {
                "action": "created",
                "comment": shapes.inline_comment(self.url, repo, pull, comment),
                "pull_request": shapes.pull(self.url, repo, pull),
            }
            self.emit("pull_request_review_comment", repo, login, payload)
            return comment

    def comment(self, repo: Repo, pull: Pull, login: str, body: str) -> IssueComment:
        """A comment in the conversation."""
        with self.world.lock:
            check_comment_body(body)
            comment = IssueComment(self.world.next_id(), login, body)
            pull.conversation[comment.id] = comment
            self.world.record(login, "comment", {"number": comment.id, "body": body})
            payload = {
                "action": "created",
                "issue": shapes.issue(self.url, repo, pull),
                "comment": shapes.issue_comment(self.url, repo, pull, comment),
            }
            self.emit("issue_comment", repo, login, payload)
            return comment

    def apply_suggestion(self, repo: Repo, pull: Pull, comment_id: int, login: str) -> str:
        """What *Commit suggestion* does: replace the comment's lines, commit as the person."""
        with self.world.lock:
            comment = pull.inline.get(comment_id)
            found = _SUGGESTION.search(comment.body) if comment else None
            if comment is None or found is None:
                raise Refusal(404, "There is no suggestion in this comment.")
            if pull.state != "open":
                raise Refusal(
                    422, "Suggestions cannot be applied while the pull request is closed."
                )
            if comment.is_outdated or comment.line is None:
                raise Refusal(422, "Outdated suggestions cannot be applied.")
            if repo.people.get(login) not in _MAY_WRITE:
                raise Refusal(403, "Only those with write access can apply a suggestion.")
            text = repo.git.file(pull.head_sha, comment.path).decode()
            first = comment.start_line or comment.line
            after = replace_lines(text, first, comment.line, found[2])
            if after == text:
                raise Refusal(422, "Suggestions must change something.")
            message = (
                f"Apply suggestion from {comment.author}\n\n"
                f"Co-authored-by: {comment.author} <{comment.author}@users.noreply.example>\n"
            )
            pull.resolved.add(comment.id)
            self.world.record(login, "suggestion", {"comment": comment_id})
            return self.push(repo, pull.head, {comment.path: after.encode()}, message, login)

    def commit_on_branch(self, repo: Repo, login: str, wanted: dict[str, Any]) -> str:
        """``createCommitOnBranch``: only where the head is the one that was expected."""
        with self.world.lock:
            branch = wanted["branch"]["branchName"]
            head = repo.git.head(branch)
            expected = wanted["expectedHeadOid"]
            if head != expected:
                message = (
                    f"Expected branch to point to {expected!r} but it did not. Pull and try again."
                )
                raise Refusal(409, message.replace("'", '"'))
            changes = wanted.get("fileChanges") or {}
            files: dict[str, bytes | None] = {
                addition["path"]: base64.b64decode(addition["contents"])
                for addition in changes.get("additions") or []
            }
            files.update((gone["path"], None) for gone in changes.get("deletions") or [])
            words = wanted["message"]
            message = "\n\n".join(filter(None, [words["headline"], words.get("body")])) + "\n"
            self.world.record(login, "commit", {"branch": branch, "paths": sorted(files)})
            return self.push(repo, branch, files, message, login)

    def press(self, repo: Repo, check_id: int, identifier: str, login: str) -> None:
        """A person presses a check's button."""
        with self.world.lock:
            check = repo.checks[check_id]
            payload = {
                "action": "requested_action",
                "check_run": shapes.check_run(self.url, repo, check),
                "requested_action": {"identifier": identifier},
            }
            self.emit("check_run", repo, login, payload)

    def rerun(self, repo: Repo, check_id: int, login: str) -> None:
        """A person presses *Re-run*."""
        with self.world.lock:
            shape = shapes.check_run(self.url, repo, repo.checks[check_id])
            self.emit("check_run", repo, login, {"action": "rerequested", "check_run": shape})

    def emit(self, event: str, repo: Repo, login: str, payload: dict[str, Any]) -> None:
        """Send a webhook with what every payload carries."""
        common = {
            "repository": shapes.repository(self.url, repo),
            "sender": shapes.user(self.url, login),
            "installation": {"id": shapes.INSTALLATION, "node_id": "MDIz"},
        }
        self.hooks.send(event, {**payload, **common})

    def _send(
        self, repo: Repo, pull: Pull, action: str, login: str, extra: dict[str, Any] | None = None
    ) -> None:
        shape = shapes.pull(self.url, repo, pull)
        payload = {"action": action, "number": pull.number, "pull_request": shape}
        self.emit("pull_request", repo, login, {**payload, **(extra or {})})


def person(login: str) -> Person:
    """A login as git's author."""
    address = BOT_LOGIN if login == BOT_LOGIN else login
    return Person(login, f"{address}@users.noreply.example")


def replace_lines(text: str, first: int, last: int, suggestion: str) -> str:
    """Lines ``first`` to ``last`` become the suggestion's lines; an empty one removes them."""
    lines = text.split("\n")
    ended_in_cr = lines[first - 1].endswith("\r")
    new = suggestion.removesuffix("\n").split("\n") if suggestion else []
    if ended_in_cr:
        new = [line if line.endswith("\r") else f"{line}\r" for line in new]
    return "\n".join([*lines[: first - 1], *new, *lines[last:]])


def _follow(
    git: GitRepository, before: str, after: str, path: str, first: int, last: int
) -> int | None:
    """By how much lines moved between two commits, or None where one of them changed."""
    patch = git.patch(before, after, path, None)
    if patch is None:
        return 0
    shift = 0
    for header in re.finditer(
        r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@.*\n((?:[ +\\-].*\n?)*)", patch, re.M
    ):
        old = int(header[1])
        for line in header[5].splitlines():
            if line.startswith("-") and first <= old <= last:
                return None
            if line.startswith("+") and first < old <= last:
                return None
            if old <= first and line.startswith("+"):
                shift += 1
            if old < first and line.startswith("-"):
                shift -= 1
            old += line[:1] in (" ", "-")
    return shift
