"""The one comment of this bot in a pull request's conversation: found, written, kept up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import Gone
from .github_api import Api
from .marks import SUMMARY, as_summary


@dataclass(frozen=True, slots=True)
class Found:
    """The comment as it stands; ``number`` is 0 where there is none."""

    number: int = 0
    body: str = ""


def among(conversation: Mapping[str, Any]) -> Found | None:
    """The comment in the first page of a conversation; None where it may be on another one."""
    for one in conversation["nodes"]:
        if one["viewerDidAuthor"] and str(one["body"]).startswith(SUMMARY):
            return Found(one["databaseId"], one["body"])
    return None if conversation["pageInfo"]["hasNextPage"] else Found()


def listed(api: Api, root: str, number: int) -> Found:
    """The comment, wherever it is."""
    for one in api.pages(f"{root}/issues/{number}/comments", limit=1000):
        if str(one["body"]).startswith(SUMMARY) and is_own(api, one):
            return Found(one["id"], one["body"])
    return Found()


def is_own(api: Api, comment: Mapping[str, Any]) -> bool:
    """An App writes as a bot; with a token the marker has to do."""
    is_bot = (comment.get("user") or {}).get("type") == "Bot"
    return is_bot or not api.is_app


def ensure(api: Api, root: str, number: int, found: Found, body: str, *, begins: bool) -> None:
    """The comment says this; without one it is begun only where that is wanted."""
    marked = as_summary(body)
    if found.number and found.body == marked:
        return
    try:
        if found.number:
            api.patch(f"{root}/issues/comments/{found.number}", {"body": marked})
            return
    except Gone:  # somebody deleted it meanwhile
        begins = True
    if begins:
        api.post(f"{root}/issues/{number}/comments", {"body": marked})
