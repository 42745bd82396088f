"""The conversations that this bot began on lines of a pull request: read, ended, begun again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from . import github_queries as queries
from . import github_summary as summary
from .errors import Gone
from .github_api import Api
from .port import PullRequest, Reply, Thread

MARKER: Final = "<!-- lockstitch:"


@dataclass(frozen=True, slots=True)
class Held:
    """What this bot said on a pull request, read in one request where it is not very much.

    ``summary`` is None where it would take another one to know.
    """

    threads: tuple[Thread, ...]
    summary: summary.Found | None


def read(api: Api, pull: PullRequest) -> Held:
    """Threads whose first comment is ours, and our summary. Raises ``Gone``."""
    first = _page(api, pull, queries.OPENING, None)
    found, held = list(first["reviewThreads"]["nodes"]), first["reviewThreads"]
    while held["pageInfo"]["hasNextPage"]:
        after = held["pageInfo"]["endCursor"]
        held = _page(api, pull, queries.THREADS, after)["reviewThreads"]
        found += held["nodes"]
    threads = tuple(filter(None, map(_thread, found)))
    return Held(threads, summary.among(first["comments"]))


def _page(api: Api, pull: PullRequest, query: str, after: str | None) -> dict[str, Any]:
    owner, name = pull.ref.repository.split("/")
    variables: dict[str, Any] = {"owner": owner, "name": name, "number": pull.ref.number}
    if after is not None:
        variables["after"] = after
    held: dict[str, Any] | None = (api.graphql(query, variables)["repository"] or {}).get(
        "pullRequest"
    )
    if held is None:
        raise Gone("The pull request is not there any more.")
    return held


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
