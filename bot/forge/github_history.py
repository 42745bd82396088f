"""Which commits came onto a head, and which of them are this bot's doing. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from .errors import Gone, Rejected
from .github_api import Api
from .port import Commit, PullRequest

MAX_PAGES: Final = 5
_CO_AUTHOR: Final = re.compile(r"^co-authored-by:[ \t]*([^<\n]*?)[ \t]*<", re.I | re.M)


def commits_since(api: Api, root: str, pull: PullRequest, sha: str) -> tuple[Commit, ...]:
    """Commits of the head that ``sha`` does not have; none where GitHub knows ``sha`` no more.

    https://docs.github.com/rest/commits/commits#compare-two-commits
    """
    if sha == pull.head_sha:
        return ()
    try:
        found = tuple(_compared(api, f"{root}/compare/{sha}...{pull.head_sha}"))
    except (Gone, Rejected):
        return ()
    return tuple(_commit(one, api.login()) for one in found)


def _compared(api: Api, path: str) -> Iterator[dict[str, Any]]:
    for page in range(1, MAX_PAGES + 1):
        found = api.get(f"{path}?per_page=100&page={page}")["commits"]
        yield from found
        if len(found) < 100:
            return


def _commit(one: dict[str, Any], login: str) -> Commit:
    message = one["commit"]["message"]
    names = {name.lower() for name in _CO_AUTHOR.findall(message)}
    author = (one.get("author") or {}).get("login", "")
    return Commit(one["sha"], message, author == login, login.lower() in names)
