"""What people and bots say on the sandbox's pull requests: reviews, threads, suggestions, checks.

Changes state, enforces the vendor's rules, and sends the webhooks that GitHub would. No HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from . import shapes
from .limits import Refusal, check_anchor, check_comment_body
from .lines import SUGGESTION, hunk_above, replace_lines
from .placing import outdate
from .pulls import Pulls
from .state import CheckRun, InlineComment, IssueComment, Pull, Repo, SubmittedReview, now

_REVIEWS: Final = {
    "APPROVE": "APPROVED",
    "COMMENT": "COMMENTED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
}


class Forge(Pulls):
    """The whole forge behind its HTTP face."""

    def review(self, repo: Repo, pull: Pull, login: str, wanted: dict[str, Any]) -> SubmittedReview:
        """A review with its comments: all of them, or none and a 422."""
        with self.world.lock:
            commit = wanted.get("commit_id") or pull.head_sha
            state = _REVIEWS.get(str(wanted.get("event")))
            if state is None:
                raise Refusal(422, "Unprocessable Entity", ["Variable $event was provided invalid"])
            comments = wanted.get("comments") or []
            if not comments and not wanted.get("body"):
                raise Refusal(422, "Unprocessable Entity", ["body can't be blank"])
            if not (repo.git.has_commit(commit) and repo.git.is_ancestor(commit, pull.head_sha)):
                errors = ["The commit_id is not part of the pull request"]
                raise Refusal(422, "Unprocessable Entity", errors)
            patches = self.patches(repo, pull, commit)
            for comment in comments:
                check_comment_body(comment.get("body"))
                check_anchor(comment, patches)
            body = wanted.get("body") or ""
            made = SubmittedReview(self.world.next_id(), login, body, state, commit)
            pull.reviews[made.id] = made
            self.world.record(login, "review", {"number": made.id, "comments": len(comments)})
            placed = [
                self._add_inline(pull, made, one, patches.get(one["path"]))
                for one in comments
                if not self.world.loses or self.world.loses not in one["body"]
            ]
            outdate(repo, pull, commit, placed)
            for one in placed:
                self._commented(repo, pull, one)
            return made

    def _add_inline(
        self, pull: Pull, review: SubmittedReview, wanted: dict[str, Any], patch: str | None
    ) -> InlineComment:
        comment = InlineComment(
            id=self.world.next_id(),
            author=review.author,
            body=wanted["body"],
            path=wanted["path"],
            commit=review.commit,
            line=wanted["line"],
            start_line=wanted.get("start_line"),
            review=review.id,
            original_line=wanted["line"],
            original_start_line=wanted.get("start_line"),
            diff_hunk=hunk_above(patch, wanted["line"]),
        )
        pull.inline[comment.id] = comment
        return comment

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
                is_outdated=first.is_outdated,
                original_line=first.original_line,
                original_start_line=first.original_start_line,
                diff_hunk=first.diff_hunk,
            )
            pull.inline[comment.id] = comment
            self.world.record(login, "reply", {"thread": root, "body": body})
            self._commented(repo, pull, comment)
            return comment

    def mark(self, repo: Repo, pull: Pull, root: int, login: str, *, is_resolved: bool) -> None:
        """A thread is resolved, or open again."""
        with self.world.lock:
            if is_resolved:
                pull.resolved.add(root)
            else:
                pull.resolved.discard(root)
            deed = "resolve" if is_resolved else "unresolve"
            self.world.record(login, deed, {"thread": root})
            self._marked(repo, pull, root, login, f"{deed}d")

    def _marked(self, repo: Repo, pull: Pull, root: int, login: str, action: str) -> None:
        comments = [shapes.inline_comment(self.url, repo, pull, c) for c in pull.thread(root)]
        payload = {
            "action": action,
            "pull_request": shapes.listed_pull(self.url, repo, pull),
            "thread": {"node_id": f"PRRT_{root}", "comments": comments},
        }
        self.emit("pull_request_review_thread", repo, login, payload)

    def _commented(self, repo: Repo, pull: Pull, comment: InlineComment) -> None:
        payload = {
            "action": "created",
            "comment": shapes.inline_comment(self.url, repo, pull, comment),
            "pull_request": shapes.pull(self.url, repo, pull),
        }
        self.emit("pull_request_review_comment", repo, comment.author, payload)

    def comment(self, repo: Repo, pull: Pull, login: str, body: str) -> IssueComment:
        """A comment in the conversation."""
        with self.world.lock:
            check_comment_body(body)
            comment = IssueComment(self.world.next_id(), login, body)
            pull.conversation[comment.id] = comment
            self.world.record(login, "comment", {"number": comment.id, "body": body})
            self._talked(repo, pull, comment, login, {"action": "created"})
            return comment

    def edit(self, repo: Repo, number: int, login: str, body: str) -> tuple[Pull, IssueComment]:
        """Another body for a comment in a conversation: one's own, or by who may write."""
        with self.world.lock:
            check_comment_body(body)
            for pull in repo.pulls.values():
                held = pull.conversation.get(number)
                if held is None:
                    continue
                if login != held.author and not repo.may_write(login):
                    raise Refusal(403, "Must have admin rights to Repository.")
                changes = {"body": {"from": held.body}}
                held.body, held.edits, held.updated = body, held.edits + 1, now()
                self.world.record(login, "edit", {"number": number, "body": body})
                what = {"action": "edited", "changes": changes}
                self._talked(repo, pull, held, login, what)
                return pull, held
            raise Refusal(404, "Not Found")

    def _talked(
        self, repo: Repo, pull: Pull, comment: IssueComment, login: str, what: dict[str, Any]
    ) -> None:
        payload = {
            "issue": shapes.issue(self.url, repo, pull),
            "comment": shapes.issue_comment(self.url, repo, pull, comment),
        }
        self.emit("issue_comment", repo, login, {**what, **payload})

    def apply_suggestion(self, repo: Repo, pull: Pull, comment_id: int, login: str) -> str:
        """What *Commit suggestion* does: replace the comment's lines, commit as the person."""
        with self.world.lock:
            comment = pull.inline.get(comment_id)
            found = SUGGESTION.search(comment.body) if comment else None
            if comment is None or found is None:
                raise Refusal(404, "There is no suggestion in this comment.")
            if pull.state != "open":
                raise Refusal(
                    422, "Suggestions cannot be applied while the pull request is closed."
                )
            if comment.is_outdated or comment.line is None:
                raise Refusal(422, "Outdated suggestions cannot be applied.")
            if comment.id in pull.resolved:
                raise Refusal(422, "This suggestion has been applied or marked resolved.")
            source = pull.source or repo
            if not (repo.may_write(login) or source.may_write(login)):
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
            sha = self.push(source, pull.head, {comment.path: after.encode()}, message, login)
            self._marked(repo, pull, comment_id, login, "resolved")
            return sha

    def press(self, repo: Repo, check_id: int, identifier: str, login: str) -> None:
        """A person presses a check's button."""
        with self.world.lock:
            check = repo.checks.get(check_id)
            if check is None or identifier not in [one["identifier"] for one in check.actions]:
                raise Refusal(404, "There is no such button.")
            extra = {"requested_action": {"identifier": identifier}}
            self.checked(repo, check, "requested_action", login, extra)

    def rerun(self, repo: Repo, check_id: int, login: str) -> None:
        """A person presses *Re-run*."""
        with self.world.lock:
            check = repo.checks.get(check_id)
            if check is None:
                raise Refusal(404, "There is no such check.")
            self.checked(repo, check, "rerequested", login)

    def checked(
        self,
        repo: Repo,
        check: CheckRun,
        action: str,
        login: str,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Tell of a check run."""
        shape = shapes.check_run(self.url, repo, check)
        self.emit("check_run", repo, login, {"action": action, "check_run": shape, **(extra or {})})
