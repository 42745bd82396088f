"""What can happen on the GitLab-shaped sandbox: changes state, enforces rules, sends hooks.

People act on it as on the other one; what differs is what GitLab does differently. No HTTP.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Final

from . import gitlab_shapes as shapes
from .gitlab_gate import GatedForge
from .gitlab_hooks import GitLabHooks
from .gitlab_meter import GitLabMeter
from .gitlab_oauth import OAuth
from .gitlab_rules import LEVELS, applied, check_note, check_position, suggested
from .gitlab_state import (
    BOT,
    DiffVersion,
    Draft,
    Place,
    discussion_id,
)
from .limits import Refusal
from .repository import person
from .state import InlineComment, IssueComment, Pull, Repo

_ACTIONS: Final = {
    "opened": "open",
    "reopened": "reopen",
    "closed": "close",
    "converted_to_draft": "update",
    "edited": "update",
    "ready_for_review": "update",
    "synchronize": "update",
}


class GitLabForge(GatedForge):
    """The whole forge behind its HTTP face."""

    bot: ClassVar[str] = BOT

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, GitLabHooks())
        self.users: dict[str, int] = {}
        self.oauth = OAuth(self.world, self.bot)
        self.unready = 0
        """So many times versions of a diff are not there yet when they are asked for."""
        self.notifications = 0
        """E-mails that people would have got from the bot's reviews."""
        self.scopes = ["api"]
        """Of the bot's token."""
        self.token_ends: str | None = None
        self.is_premium = True
        """Groups have hooks only then."""
        self.allowance: GitLabMeter | None = None
        """Where requests are limited."""
        self.is_blocked = False
        """Whether an administrator has blocked the bot's account."""
        self.group_hooks: dict[str, dict[int, dict[str, Any]]] = {}
        self._versions: dict[tuple[int, int], list[DiffVersion]] = {}
        self._drafts: dict[tuple[int, int], dict[int, Draft]] = {}
        self._places: dict[int, Place] = {}

    def create_repository(self, name: str, people: Mapping[str, str]) -> Repo:
        """A new project; the bot is a maintainer of it."""
        return super().create_repository(name, {BOT: "maintain", **people})

    def fork(self, repo: Repo, login: str) -> Repo:
        """A copy under somebody's own name, of which the bot is no member."""
        copy = super().fork(repo, login)
        del copy.people[BOT]
        return copy

    def user_id(self, login: str) -> int:
        """The number of a user, who is registered on the way."""
        return self.users.setdefault(login, len(self.users) + 1)

    def level(self, repo: Repo, login: str) -> int:
        """GitLab's number for what somebody may do here; 0 is nothing."""
        return LEVELS.get(repo.people.get(login, ""), 0)

    def may_push(self, repo: Repo, login: str, branch: str) -> bool:
        """A developer here, or of the project that an open merge request lets into its fork."""
        if self.level(repo, login) >= LEVELS["write"]:
            return branch not in repo.protected
        return any(
            pull.maintainers_may_edit and self.level(target, login) >= LEVELS["write"]
            for target, pull in self.world.pulls_from(repo, branch)
        )

    def versions(self, repo: Repo, pull: Pull) -> list[DiffVersion]:
        """Newest first."""
        return self._versions.get((repo.id, pull.number), [])

    def drafts(self, repo: Repo, pull: Pull) -> dict[int, Draft]:
        """What waits to be published."""
        return self._drafts.setdefault((repo.id, pull.number), {})

    def place_of(self, root: int) -> Place:
        """Where a discussion on the diff was begun."""
        return self._places[root]

    def rename(self, repo: Repo, pull: Pull, title: str, login: str) -> None:
        """Another title: an update that is none of the code."""
        with self.world.lock:
            changes = {"title": {"previous": pull.title, "current": title}}
            pull.title = title
            self._hook(repo, pull, "update", login, {"changes": changes})

    def tell(
        self, repo: Repo, pull: Pull, action: str, login: str, extra: dict[str, Any] | None = None
    ) -> None:
        """What happened, in GitLab's words. What changes the diff makes a new version of it."""
        extra = extra or {}
        if action in ("opened", "reopened", "synchronize", "edited"):
            self._add_version(repo, pull)
        changes: dict[str, Any] = {}
        if action in ("ready_for_review", "converted_to_draft"):
            changes["draft"] = {"previous": not pull.is_draft, "current": pull.is_draft}
        if action == "edited":
            before = extra["changes"]["base"]["ref"]["from"]
            changes["target_branch"] = {"previous": before, "current": pull.base}
        verb = "merge" if action == "closed" and pull.merged else _ACTIONS[action]
        told = {"changes": changes, "oldrev": extra.get("before")}
        self._hook(repo, pull, verb, login, told)

    def _hook(self, repo: Repo, pull: Pull, action: str, login: str, extra: dict[str, Any]) -> None:
        payload = shapes.merge_request_hook(self, repo, pull, action, login, extra)
        self.hooks.send("Merge Request Hook", payload)

    def pushed(self, repo: Repo, branch: str, before: str, login: str) -> None:
        """Tell that a branch stands elsewhere by now."""
        self.hooks.send("Push Hook", shapes.push_hook(self, repo, branch, before, login))

    def _add_version(self, repo: Repo, pull: Pull) -> None:
        start = repo.git.head(pull.base)
        if not repo.git.has_commit(pull.head_sha):
            return
        base = repo.git.merge_base(start, pull.head_sha)
        made = DiffVersion(self.world.next_id(), base, start, pull.head_sha)
        self._versions.setdefault((repo.id, pull.number), []).insert(0, made)

    def draft(
        self, repo: Repo, pull: Pull, login: str, note: Any, position: dict[str, Any]
    ) -> Draft:
        """A note on the diff that waits for its review to be published."""
        with self.world.lock:
            check_note(note)
            if self.world.loses and self.world.loses in note:
                raise Refusal(400, '400 Bad request - Note {:line_code=>["can\'t be blank"]}')
            self._span(repo, pull, position)
            made = Draft(self.world.next_id(), login, note, position)
            self.drafts(repo, pull)[made.id] = made
            return made

    def _span(self, repo: Repo, pull: Pull, position: dict[str, Any]) -> tuple[int | None, int]:
        version = self.versions(repo, pull)[0]
        changes = repo.git.changes(version.base, version.head)
        return check_position(position, changes, version.commits)

    def publish(self, repo: Repo, pull: Pull, login: str) -> None:
        """All drafts of a person become notes, with one notification."""
        with self.world.lock:
            drafts = self.drafts(repo, pull)
            mine = [draft for draft in drafts.values() if draft.author == login]
            made = [self._publish(repo, pull, drafts.pop(draft.id)) for draft in mine]
            if made:
                self.notifications += 1
                self.world.record(login, "review", {"comments": len(made)})
            for comment in made:
                self._commented(repo, pull, comment)

    def _publish(self, repo: Repo, pull: Pull, draft: Draft) -> InlineComment:
        first, last = self._span(repo, pull, draft.position)
        path = draft.position["new_path"]
        comment = InlineComment(
            id=self.world.next_id(),
            author=draft.author,
            body=draft.note,
            path=path,
            commit=pull.head_sha,
            line=last,
            start_line=first,
            review=None,
            original_line=last,
            original_start_line=first,
        )
        pull.inline[comment.id] = comment
        found = suggested(draft.note, last)
        lines = repo.git.file(pull.head_sha, path).decode(errors="replace").split("\n")
        replaces = tuple(lines[found[0] - 1 : found[1]]) if found else ()
        self._places[comment.id] = Place(draft.position, replaces)
        return comment

    def _commented(self, repo: Repo, pull: Pull, comment: InlineComment) -> None:
        self.hooks.send("Note Hook", shapes.note_hook(self, repo, pull, comment))

    def _marked(self, repo: Repo, pull: Pull, root: int, login: str, action: str) -> None:
        """GitLab sends nothing for it."""

    def _talked(
        self, repo: Repo, pull: Pull, comment: IssueComment, login: str, what: dict[str, Any]
    ) -> None:
        del login
        action = "create" if what["action"] == "created" else "update"
        self.hooks.send("Note Hook", shapes.note_hook(self, repo, pull, comment, action))

    def root_of(self, pull: Pull, discussion: str) -> int:
        """The first note of a discussion. Raises ``Refusal``."""
        for number in (*pull.inline, *pull.conversation):
            if discussion_id(number) == discussion:
                return number
        raise Refusal(404, "404 Discussion Not Found")

    def apply_suggestion(self, repo: Repo, pull: Pull, comment_id: int, login: str) -> str:
        """What *Apply suggestion* does."""
        return self.apply_batch(repo, pull, [comment_id], login)

    def apply_batch(self, repo: Repo, pull: Pull, comments: Collection[int], login: str) -> str:
        """What *Apply suggestions* does: one commit, and each thread is resolved."""
        with self.world.lock:
            if pull.state != "open":
                raise Refusal(422, "The merge request is closed.")
            source = pull.source or repo
            if login != pull.author and self.level(source, login) < LEVELS["write"]:
                raise Refusal(403, "403 Forbidden")
            files = self._with_suggestions(repo, pull, comments)
            pull.resolved.update(comments)
            count = len(comments)
            self.world.record(login, "suggestion", {"comments": sorted(comments)})
            # The default of a project; its template ends in co_authored_by.
            authors = sorted({pull.inline[one].author for one in comments})
            credits = "".join(f"Co-authored-by: {a} <{shapes.email(a)}>\n" for a in authors)
            message = f"Apply {count} suggestion(s) to {len(files)} file(s)\n\n{credits}"
            wrote = {pull.inline[number].author for number in comments} - {login}
            message += "".join(
                f"\nCo-authored-by: {one.name} <{one.email}>" for one in map(person, sorted(wrote))
            )
            return self.push(source, pull.head, files, message, login)

    def _with_suggestions(
        self, repo: Repo, pull: Pull, comments: Collection[int]
    ) -> dict[str, bytes | None]:
        wanted: dict[str, list[tuple[int, int, str]]] = {}
        for number in comments:
            comment = pull.inline.get(number)
            wanted.setdefault(comment.path if comment else "", []).append(
                self._suggestion(repo, pull, comment)
            )
        files: dict[str, bytes | None] = {}
        for path, parts in wanted.items():
            parts.sort(reverse=True)
            if any(low[1] >= high[0] for high, low in pairwise(parts)):
                raise Refusal(422, "Suggestions are not applicable as their lines cannot overlap.")
            text = repo.git.file(pull.head_sha, path).decode()
            before = text
            for first, last, lines in parts:
                text = applied(text, first, last, lines)
            if text == before:
                raise Refusal(422, "A suggestion is not applicable. It changes nothing.")
            files[path] = text.encode()
        return files

    def _suggestion(
        self, repo: Repo, pull: Pull, comment: InlineComment | None
    ) -> tuple[int, int, str]:
        """Where it applies now. GitLab compares the lines that it was made for."""
        if comment is None or comment.line is None:
            raise Refusal(404, "404 Suggestion Not Found")
        found = suggested(comment.body, comment.line)
        if found is None:
            raise Refusal(404, "404 Suggestion Not Found")
        if comment.id in pull.resolved:
            raise Refusal(422, "A suggestion is not applicable. It was applied already.")
        first, last, _ = found
        lines = repo.git.file(pull.head_sha, comment.path).decode().split("\n")
        if (
            comment.is_outdated
            or tuple(lines[first - 1 : last]) != self._places[comment.id].replaces
        ):
            raise Refusal(422, "Outdated: a suggestion is not applicable, its lines changed.")
        return found

    def commit_actions(
        self, repo: Repo, login: str, branch: str, message: str, actions: list[dict[str, Any]]
    ) -> str:
        """What the commits API does: each action holds for its file as the branch has it now."""
        with self.world.lock:
            head = repo.git.head(branch)
            there = {blob.path for blob in repo.git.tree(head)}
            files: dict[str, bytes | None] = {}
            for action in actions:
                path, verb = action["file_path"], action["action"]
                if verb == "create" and path in there:
                    raise Refusal(400, "A file with this name already exists")
                if verb in ("update", "delete") and path not in there:
                    raise Refusal(400, "A file with this name doesn't exist")
                last = action.get("last_commit_id")
                if last is not None and last != repo.git.last_commit(head, path):
                    said = "You are attempting to update a file that has changed since you started"
                    raise Refusal(400, f"{said} editing it.")
                files[path] = shapes.content_of(action) if verb != "delete" else None
            self.world.record(login, "commit", {"branch": branch, "paths": sorted(files)})
            return self.push(repo, branch, files, message, login)
