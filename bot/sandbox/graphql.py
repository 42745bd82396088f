"""GitHub's GraphQL, as far as the bot uses it, run by graphql-core on the published schema."""

from __future__ import annotations

import base64
import binascii
import re
from importlib.resources import files
from typing import Any

from graphql import ExecutionResult, GraphQLError, build_schema, graphql_sync, is_object_type

from .access import Caller, check_grant, check_push, check_sight
from .forge import Forge
from .limits import Refusal
from .repository import GitFailed
from .state import InlineComment, IssueComment, Pull, Repo

MAX_TEXT = 512_000
MAX_NODES = 100


def schema() -> Any:
    """The vendored part of the published schema."""
    return build_schema((files("bot.sandbox") / "github.graphql").read_text(encoding="utf-8"))


class Api:
    """Answers queries for one caller at a time."""

    def __init__(self, forge: Forge) -> None:
        self.forge = forge
        self.schema = schema()
        members = {
            "GitObject": _object_type,
            "Actor": lambda *_: "User",
            "SearchResultItem": lambda *_: "PullRequest",
        }
        for name, member in members.items():
            self.schema.get_type(name).resolve_type = member
        assert is_object_type(self.schema.get_type("Repository"))

    def run(self, caller: Caller, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The JSON answer; errors are in it, as on GitHub."""
        result: ExecutionResult = graphql_sync(
            self.schema, query, root_value=_Root(self.forge, caller), variable_values=variables
        )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [_error(error) for error in result.errors]
        return answer


def _error(error: GraphQLError) -> dict[str, Any]:
    shape: dict[str, Any] = {"message": error.message, "path": error.path}
    original = error.original_error
    if isinstance(original, Refusal):
        kinds = {409: "STALE_DATA", 404: "NOT_FOUND", 403: "FORBIDDEN"}
        shape["type"] = kinds.get(original.status, "UNPROCESSABLE")
    return shape


def _object_type(value: Any, *_: Any) -> str:
    return "Commit" if "url" in value else "Blob"


class _Root:
    def __init__(self, forge: Forge, caller: Caller) -> None:
        self.forge = forge
        self.caller = caller

    def viewer(self, _info: Any) -> dict[str, Any]:
        return {"login": self.caller.login}

    def repository(
        self,
        _info: Any,
        owner: str,
        name: str,
        followRenames: bool = True,  # noqa: ARG002, FBT001, FBT002, N803 - the published name
    ) -> _Repository:
        return _Repository(self._repo(f"{owner}/{name}"), self.caller)

    def _repo(self, name: str) -> Repo:
        """A repository that the caller may see."""
        missing = Refusal(404, f"Could not resolve to a Repository with the name '{name}'.")
        repo = self.forge.world.repos.get(name)
        if repo is None:
            raise missing
        try:
            check_sight(self.caller, repo)
        except Refusal as error:
            raise missing from error
        return repo

    def search(self, _info: Any, query: str, type: str, **place: Any) -> dict[str, Any]:
        """Pull requests only, by the qualifiers that the bot uses."""
        owner = re.search(r"user:(\S+)", query)
        touched = re.search(r"updated:(\S+)\.\.(\S+)", query)
        if type != "ISSUE" or "is:pr" not in query or owner is None or touched is None:
            raise Refusal(422, "This sandbox searches for pull requests of an owner only.")
        found = [
            _Pull(pull, self.caller.login, repo)
            for repo in self.forge.world.repos.values()
            if repo.name.startswith(f"{owner[1]}/") and self._sees(repo)
            for pull in repo.pulls.values()
            if touched[1] <= pull.updated <= touched[2]
            and ("is:open" not in query or pull.state == "open")
        ]
        return {**_connection(found, **place), "issueCount": len(found)}

    def _sees(self, repo: Repo) -> bool:
        try:
            check_sight(self.caller, repo)
        except Refusal:
            return False
        return True

    def createCommitOnBranch(self, _info: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the published name
        branch, words = input["branch"], input["message"]
        name = branch.get("repositoryNameWithOwner", "")
        repo = self._writable(name, branch.get("branchName", ""))
        message = "\n\n".join(filter(None, [words["headline"], words.get("body")])) + "\n"
        try:
            sha = self.forge.commit_on_branch(
                repo,
                self.caller.login,
                branch.get("branchName", ""),
                input["expectedHeadOid"],
                message,
                _file_changes(input.get("fileChanges") or {}),
            )
        except GitFailed as error:
            raise Refusal(404, "No branch of that name.") from error
        return {"commit": {"oid": sha, "url": f"{self.forge.url}/{name}/commit/{sha}"}}

    def _writable(self, name: str, branch: str) -> Repo:
        """A repository that may be pushed to, or a fork whose author lets maintainers edit.

        https://docs.github.com/pull-requests/collaborating-with-pull-requests/working-with-forks/allowing-changes-to-a-pull-request-branch-created-from-a-fork
        """
        fork = self.forge.world.repos.get(name)
        if fork is not None and fork.parent is not None:
            for target, pull in self.forge.world.pulls_from(fork, branch):
                if pull.maintainers_may_edit:
                    check_sight(self.caller, target)
                    check_push(self.caller, target, "CreateCommitOnBranch")
                    return fork
        repo = self._repo(name)
        check_push(self.caller, repo, "CreateCommitOnBranch")
        if branch in repo.protected:
            said = (
                "Repository rule violations found\n\nChanges must be made through a pull request."
            )
            raise Refusal(422, said)
        return repo

    def resolveReviewThread(self, _info: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the published name
        return self._marked("ResolveReviewThread", input["threadId"], is_resolved=True)

    def unresolveReviewThread(self, _info: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the published name
        return self._marked("UnresolveReviewThread", input["threadId"], is_resolved=False)

    def _marked(self, deed: str, thread: str, *, is_resolved: bool) -> dict[str, Any]:
        repo, pull, root = self._thread(thread)
        if self.caller.login != pull.author:
            check_push(self.caller, repo, deed)
        self.forge.mark(repo, pull, root, self.caller.login, is_resolved=is_resolved)
        return {"thread": _thread(pull, root, self.caller.login)}

    def addPullRequestReviewThreadReply(  # noqa: N802 - the published name
        self, _info: Any, input: dict[str, Any]
    ) -> dict[str, Any]:
        repo, pull, root = self._thread(input["pullRequestReviewThreadId"])
        if self.caller.is_installation:
            check_grant(self.caller, "pull_requests", "write")
        made = self.forge.reply(repo, pull, root, self.caller.login, input["body"])
        return {"comment": _said(made, self.caller.login)}

    def _thread(self, name: str) -> tuple[Repo, Pull, int]:
        """The thread of a node id, where the caller may see it."""
        root = name.removeprefix("PRRT_")
        for repo in self.forge.world.repos.values():
            for pull in repo.pulls.values():
                comment = pull.inline.get(int(root)) if root.isdigit() else None
                if comment is not None and comment.reply_to is None:
                    check_sight(self.caller, repo)
                    return repo, pull, comment.id
        raise Refusal(404, f"Could not resolve to a node with the global id of '{name}'.")


def _file_changes(changes: dict[str, Any]) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for addition in changes.get("additions") or []:
        try:
            found[addition["path"]] = base64.b64decode(addition["contents"], validate=True)
        except binascii.Error as error:
            raise Refusal(422, "The contents of a file are not base64.") from error
    found.update((gone["path"], None) for gone in changes.get("deletions") or [])
    return found


class _Repository:
    def __init__(self, repo: Repo, caller: Caller) -> None:
        self.repo, self.caller = repo, caller

    def object(self, _info: Any, oid: str | None = None, expression: str | None = None) -> Any:
        if self.caller.is_installation:
            check_grant(self.caller, "contents", "read")
        try:
            name = oid or self.repo.git.text("rev-parse", "--verify", expression or "")
            data = self.repo.git.blob(name)
        except GitFailed:
            return None
        text, is_binary = _text(data)
        return {
            "oid": name,
            "byteSize": len(data),
            "isBinary": is_binary,
            "isTruncated": len(data) > MAX_TEXT,
            "text": text[:MAX_TEXT] if text is not None else None,
        }

    def pullRequest(self, _info: Any, number: int) -> _Pull:  # noqa: N802 - the published name
        if self.caller.is_installation:
            check_grant(self.caller, "pull_requests", "read")
        pull = self.repo.pulls.get(number)
        if pull is None:
            said = f"Could not resolve to a PullRequest with the number of {number}."
            raise Refusal(404, said)
        return _Pull(pull, self.caller.login, self.repo)


class _Pull:
    def __init__(self, pull: Pull, login: str, repo: Repo) -> None:
        self.pull, self.login = pull, login
        self.number, self.headRefOid = pull.number, pull.head_sha
        self.repository = {"nameWithOwner": repo.name}

    def comments(self, _info: Any, **place: Any) -> dict[str, Any]:
        said = self.pull.conversation.values()
        return _connection([_said(one, self.login) for one in said], **place)

    def reviewThreads(self, _info: Any, **place: Any) -> dict[str, Any]:  # noqa: N802 - the published name
        roots = [c.id for c in self.pull.inline.values() if c.reply_to is None]
        return _connection([_thread(self.pull, root, self.login) for root in roots], **place)


def _thread(pull: Pull, root: int, login: str) -> dict[str, Any]:
    comments = pull.thread(root)
    nodes = [_said(comment, login) for comment in comments]
    return {
        "id": f"PRRT_{root}",
        "isResolved": root in pull.resolved,
        "path": comments[0].path,
        "comments": lambda _info, **place: _connection(nodes, **place),
    }


def _said(comment: InlineComment | IssueComment, login: str) -> dict[str, Any]:
    return {
        "id": f"PRRC_{comment.id}",
        "databaseId": comment.id,
        "body": comment.body,
        "viewerDidAuthor": comment.author == login,
    }


def _connection(
    nodes: list[Any], first: int | None = None, after: str | None = None, **unused: Any
) -> dict[str, Any]:
    """One page of a list; a page has to say how long it may be."""
    if first is None or any(value is not None for value in unused.values()):
        raise Refusal(422, "You must provide a `first` value to properly paginate the connection.")
    if not 1 <= first <= MAX_NODES:
        said = f"Requesting {first} records on the connection exceeds the `first` limit of"
        raise Refusal(422, f"{said} {MAX_NODES} records.")
    start = int(after or 0)
    shown = nodes[start : start + first]
    return {
        "nodes": shown,
        "totalCount": len(nodes),
        "pageInfo": {
            "endCursor": str(start + len(shown)) if shown else None,
            "hasNextPage": start + len(shown) < len(nodes),
        },
    }


def _text(data: bytes) -> tuple[str | None, bool]:
    if b"\0" in data[:8000]:
        return None, True
    return data.decode("utf-8", errors="replace"), False
