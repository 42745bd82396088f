"""GitHub's GraphQL, as far as the bot uses it, run by graphql-core on the published schema."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from graphql import ExecutionResult, GraphQLError, build_schema, graphql_sync, is_object_type

from .forge import Forge
from .limits import Refusal
from .repository import GitFailed
from .state import Pull, Repo

MAX_TEXT = 512_000


def schema() -> Any:
    """The vendored part of the published schema."""
    return build_schema((files("bot.sandbox") / "github.graphql").read_text(encoding="utf-8"))


class Api:
    """Answers queries for one caller at a time."""

    def __init__(self, forge: Forge) -> None:
        self.forge = forge
        self.schema = schema()
        for name, member in (("GitObject", _object_type), ("Actor", lambda *_: "User")):
            self.schema.get_type(name).resolve_type = member
        assert is_object_type(self.schema.get_type("Repository"))

    def run(self, login: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The JSON answer; errors are in it, as on GitHub."""
        result: ExecutionResult = graphql_sync(
            self.schema, query, root_value=_Root(self.forge, login), variable_values=variables
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
    def __init__(self, forge: Forge, login: str) -> None:
        self.forge = forge
        self.login = login

    def viewer(self, _info: Any) -> dict[str, Any]:
        return {"login": self.login}

    def repository(self, _info: Any, owner: str, name: str) -> _Repository:
        repo = self.forge.world.repos.get(f"{owner}/{name}")
        if repo is None:
            raise Refusal(404, f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return _Repository(self.forge, repo, self.login)

    def createCommitOnBranch(self, _info: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the published name
        name = input["branch"].get("repositoryNameWithOwner", "")
        repo = self.forge.world.repos.get(name)
        if repo is None:
            raise Refusal(404, "Could not resolve to a Repository.")
        try:
            sha = self.forge.commit_on_branch(repo, self.login, input)
        except GitFailed as error:
            raise Refusal(404, "No branch of that name.") from error
        return {"commit": {"oid": sha, "url": f"{self.forge.url}/{name}/commit/{sha}"}}

    def resolveReviewThread(self, _info: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the published name
        root = int(input["threadId"].removeprefix("PRRT_"))
        for repo in self.forge.world.repos.values():
            for pull in repo.pulls.values():
                if root in pull.inline:
                    pull.resolved.add(root)
                    self.forge.world.record(self.login, "resolve", {"thread": root})
                    return {"thread": _thread(pull, root, self.login)}
        raise Refusal(404, "Could not resolve to a node with the global id.")


class _Repository:
    def __init__(self, forge: Forge, repo: Repo, login: str) -> None:
        self.forge, self.repo, self.login = forge, repo, login

    def object(self, _info: Any, oid: str | None = None, expression: str | None = None) -> Any:
        try:
            data = self.repo.git.blob(oid or self.repo.git.text("rev-parse", expression or ""))
        except GitFailed:
            return None
        text, is_binary = _text(data)
        is_truncated = len(data) > MAX_TEXT
        return {
            "oid": oid,
            "byteSize": len(data),
            "isBinary": is_binary,
            "isTruncated": is_truncated,
            "text": text[:MAX_TEXT] if text is not None else None,
        }

    def pullRequest(self, _info: Any, number: int) -> _Pull | None:  # noqa: N802 - the published name
        pull = self.repo.pulls.get(number)
        return _Pull(pull, self.login) if pull else None


class _Pull:
    def __init__(self, pull: Pull, login: str) -> None:
        self.pull, self.login = pull, login
        self.number = pull.number

    def reviewThreads(self, _info: Any, first: int = 100, after: str | None = None) -> Any:  # noqa: N802 - the published name
        roots = [c.id for c in self.pull.inline.values() if c.reply_to is None]
        start = int(after or 0)
        shown = roots[start : start + first]
        return {
            "nodes": [_thread(self.pull, root, self.login) for root in shown],
            "pageInfo": {
                "endCursor": str(start + len(shown)),
                "hasNextPage": start + len(shown) < len(roots),
            },
        }


def _thread(pull: Pull, root: int, login: str) -> dict[str, Any]:
    comments = pull.thread(root)

    def page(_info: Any, first: int = 100, after: str | None = None) -> dict[str, Any]:
        del after
        nodes = [
            {
                "id": f"PRRC_{comment.id}",
                "databaseId": comment.id,
                "body": comment.body,
                "viewerDidAuthor": comment.author == login,
            }
            for comment in comments[:first]
        ]
        return {"nodes": nodes, "totalCount": len(comments)}

    return {
        "id": f"PRRT_{root}",
        "isResolved": root in pull.resolved,
        "path": comments[0].path,
        "comments": page,
    }


def _text(data: bytes) -> tuple[str | None, bool]:
    if b"\0" in data[:8000]:
        return None, True
    return data.decode("utf-8", errors="replace"), False
