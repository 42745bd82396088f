"""Commits of this bot on GitHub: on a pull request's own branch, or on one proposed to it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from . import github_queries as queries
from .errors import HeadMoved, Rejected, Unreachable
from .github_api import Api
from .port import PullRequest

Files = Mapping[str, bytes | None]
_BRANCH: Final = "lockstitch/fix-{number}-{sha}"


def commit(api: Api, pull: PullRequest, message: str, files: Files) -> str:
    """One signed commit on the head branch, only where the head still is the one that was read.

    An answer that got lost is looked for before anything is written again.
    """
    branch = (pull.head_repository or pull.ref.repository, pull.head_ref)
    try:
        return _commit(api, branch, pull.head_sha, message, files)
    except Unreachable:
        made = _made(api, branch, pull.head_sha, message)
        if made is None:
            raise
        return made


def propose(api: Api, root: str, pull: PullRequest, message: str, files: Files, body: str) -> str:
    """A pull request against the head branch of this repository, from a branch of the bot's own.

    https://docs.github.com/rest/git/refs#create-a-reference
    """
    repository = pull.ref.repository
    name = _BRANCH.format(number=pull.ref.number, sha=pull.head_sha[:8])
    try:
        api.post(f"{root}/git/refs", {"ref": f"refs/heads/{name}", "sha": pull.head_sha})
    except Rejected:  # it is there already: an earlier attempt made it
        if (found := _proposed(api, root, name)) is not None:
            return found
    try:
        _commit(api, (repository, name), pull.head_sha, message, files)
    except HeadMoved:  # the commit is there already
        if (found := _proposed(api, root, name)) is not None:
            return found
    title = message.partition("\n")[0]
    wanted = {"title": title, "head": name, "base": pull.head_ref, "body": body}
    return str(api.post(f"{root}/pulls", wanted)["html_url"])


def _proposed(api: Api, root: str, name: str) -> str | None:
    owner = api.repository.split("/")[0]
    found = api.get(f"{root}/pulls?head={owner}:{name}&state=all")
    return str(found[0]["html_url"]) if found else None


def _commit(api: Api, branch: tuple[str, str], head: str, message: str, files: Files) -> str:
    headline, _, body = message.partition("\n")
    additions = [
        {"path": path, "contents": base64.b64encode(data).decode()}
        for path, data in files.items()
        if data is not None
    ]
    deletions = [{"path": path} for path, data in files.items() if data is None]
    wanted: dict[str, Any] = {
        "branch": {"repositoryNameWithOwner": branch[0], "branchName": branch[1]},
        "expectedHeadOid": head,
        "message": {"headline": headline, "body": body.strip()},
        "fileChanges": {"additions": additions, "deletions": deletions},
    }
    data = api.graphql(queries.COMMIT, {"input": wanted})
    return str(data["createCommitOnBranch"]["commit"]["oid"])


def _made(api: Api, branch: tuple[str, str], head: str, message: str) -> str | None:
    """The commit that was asked for, where it stands right on top of ``head``."""
    compared = api.get(f"/repos/{branch[0]}/compare/{head}...{branch[1]}?per_page=100")
    for one in compared["commits"][:1]:
        if str(one["commit"]["message"]).strip() == message.strip():
            return str(one["sha"])
    return None
