"""GitLab's GraphQL, as far as the bot uses it, run by graphql-core."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final

from graphql import ExecutionResult, build_schema, graphql_sync

from .gitlab_forge import GitLabForge
from .repository import GitFailed, GitRepository

MAX_NODES: Final = 100


class Api:
    """Answers queries for one caller at a time."""

    def __init__(self, forge: GitLabForge) -> None:
        self.forge = forge
        text = (files("bot.sandbox") / "gitlab.graphql").read_text(encoding="utf-8")
        self.schema = build_schema(text)

    def run(self, login: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The JSON answer; errors are in it."""
        root = {"project": lambda _info, fullPath: self._project(login, fullPath)}  # noqa: N803 - theirs
        result: ExecutionResult = graphql_sync(
            self.schema, query, root_value=root, variable_values=variables
        )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [{"message": error.message} for error in result.errors]
        return answer

    def _project(self, login: str, path: str) -> dict[str, Any] | None:
        repo = self.forge.world.repos.get(path)
        if repo is None or not self.forge.level(repo, login):
            return None

        def blobs(_info: Any, paths: list[str], ref: str, **_: Any) -> dict[str, Any]:
            return {
                "nodes": [one for path in paths[:MAX_NODES] if (one := _blob(repo.git, ref, path))]
            }

        return {"repository": {"blobs": blobs}}


def _blob(git: GitRepository, ref: str, path: str) -> dict[str, Any] | None:
    try:
        oid = git.fixed("rev-parse", "--verify", f"{ref}:{path}")
        data = git.blob(oid)
    except GitFailed:
        return None
    is_binary = b"\0" in data[:8000]
    text = None if is_binary else data.decode("utf-8", errors="replace")
    facts = {"oid": oid, "path": path, "size": len(data), "rawTextBlob": text}
    return {**facts, "mode": lambda _info: git.mode(ref, path)}
