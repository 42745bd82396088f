"""The conversations that this bot began on lines of a pull request: read, ended, begun again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from . import github_queries as queries
from .errors import Gone
from .github_api import Api
from .port import PullRequest, Reply, Thread

MARKER: Final = "<!-- lockstitch:"


def threads(api: Api, pull: PullRequest) -> Iterator[Thread]:
    """Threads whose first comment is ours. Raises ``Gone``."""
    owner, name = pull.ref.repository.split("/")
    after: str | None = None
    while True:
        variables = {"owner": owner, "name": name, "number": pull.ref.number, "after": after}
        data = api.graphql(queries.THREADS, variables)
        held = ((data["repository"] or {}).get("pullRequest") or {}).get("reviewThreads")
        if held is None:
            raise Gone("The pull request is not there any more.")
        yield from filter(None, map(_thread, held["nodes"]))
        if not held["pageInfo"]["hasNextPage"]:
            return
        after = held["pageInfo"]["endCursor"]


def _thread(node: dict[str, Any]) -> Thread | None:
    comments = node["comments"]["nodes"]
    if not comments or not comments[0]["viewerDidAuthor"] or MARKER not in comments[0]["body"]:
        return None
    first, *later = comments
    replies = tuple(Reply(one["body"], is_ours=one["viewerDidAuthor"]) for one in later)
    return Thread(
        node["id"], first["databaseId"], node["path"], first["body"], node["isResolved"], replies
    )


def resolve(api: Api, thread: Thread, word: str) -> None:
    """Say the word and mark as resolved, in one request."""
    if not thread.is_resolved:
        api.graphql(queries.RESOLVE, _said(thread, word))


def reopen(api: Api, thread: Thread, word: str) -> None:
    """Say the word and mark as open, in one request."""
    if thread.is_resolved:
        api.graphql(queries.REOPEN, _said(thread, word))


def _said(thread: Thread, word: str) -> dict[str, Any]:
    return {
        "reply": {"pullRequestReviewThreadId": thread.id, "body": word},
        "mark": {"threadId": thread.id},
    }
