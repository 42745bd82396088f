"""Commits on GitLab: what came onto a head, and those that this bot makes."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from .errors import Gone, HeadMoved, Refused, Rejected, Unreachable
from .gitlab_api import Api, project_path
from .port import Commit, PullRequest

Changes = Mapping[str, bytes | None]
_BRANCH: Final = "lockstitch/fix-{number}-{sha}"
_CO_AUTHOR: Final = re.compile(r"^co-authored-by:[ \t]*([^<\n]*?)[ \t]*<([^>\n]*)>", re.I | re.M)


def commits_since(api: Api, root: str, pull: PullRequest, sha: str) -> tuple[Commit, ...]:
    """Commits of the head that ``sha`` does not have; none where GitLab knows ``sha`` no more.

    https://docs.gitlab.com/api/repositories/#compare-branches-tags-or-commits
    """
    if sha == pull.head_sha:
        return ()
    try:
        path = f"{root}/repository/compare"
        found = api.get(path, **{"from": sha, "to": pull.head_sha})
    except (Gone, Rejected):
        return ()
    me = api.me()
    return tuple(_commit(one, me) for one in found["commits"])


def _commit(one: dict[str, Any], me: Mapping[str, Any]) -> Commit:
    """Commits carry no account, only a name and an address."""
    own = {str(me[key]).lower() for key in ("email", "commit_email") if me.get(key)}
    names = {str(me[key]).lower() for key in ("username", "name") if me.get(key)}
    message = str(one["message"])
    credited = {
        part.lower() for name, address in _CO_AUTHOR.findall(message) for part in (name, address)
    }
    is_ours = str(one.get("author_email", "")).lower() in own
    return Commit(one["id"], message, is_ours, not credited.isdisjoint(own | names))


def commit(api: Api, pull: PullRequest, message: str, files: Changes) -> str:
    """One commit on the head branch, only where it and each file are the ones that were read.

    GitLab has no lock on a branch, but one on each file: an action names the commit that touched
    its file last (https://docs.gitlab.com/api/commits/#create-a-commit). An answer that got lost
    is looked for before anything is written again.
    """
    root = project_path(pull.head_repository or pull.ref.repository)
    branch = f"{root}/repository/branches/{quote(pull.head_ref, safe='')}"
    actions = list(_actions(api, root, pull.head_sha, files))
    if api.get(branch)["commit"]["id"] != pull.head_sha:
        raise HeadMoved("The head branch moved meanwhile.")
    body = {"branch": pull.head_ref, "commit_message": message, "actions": actions}
    try:
        return str(api.post(f"{root}/repository/commits", body)["id"])
    except Unreachable:
        tip = api.get(branch)["commit"]
        is_made = str(tip["message"]).strip() == message.strip()
        if is_made and tip["parent_ids"] == [pull.head_sha]:
            return str(tip["id"])
        raise


def propose(api: Api, root: str, pull: PullRequest, message: str, files: Changes, body: str) -> str:
    """A merge request of the bot's own into the head branch of this project. Raises ``Refused``."""
    if pull.head_repository != pull.ref.repository:
        raise Refused("The head branch is in another project.")
    name = _BRANCH.format(number=pull.ref.number, sha=pull.head_sha[:8])
    wanted = {
        "branch": name,
        "start_sha": pull.head_sha,
        "commit_message": message,
        "actions": list(_actions(api, root, pull.head_sha, files)),
    }
    try:
        api.post(f"{root}/repository/commits", wanted)
    except (Rejected, HeadMoved):  # it is there already: an earlier attempt made it
        if (found := _proposed(api, root, name)) is not None:
            return found
    request = {
        "source_branch": name,
        "target_branch": pull.head_ref,
        "title": message.partition("\n")[0],
        "description": body,
        "remove_source_branch": True,
    }
    return str(api.post(f"{root}/merge_requests", request)["web_url"])


def _proposed(api: Api, root: str, name: str) -> str | None:
    found = api.get(f"{root}/merge_requests", source_branch=name, state="all", per_page=1)
    return str(found[0]["web_url"]) if found else None


def _actions(api: Api, root: str, head: str, files: Changes) -> Iterator[dict[str, Any]]:
    for path, data in files.items():
        known = _last_commit(api, root, path, head)
        action: dict[str, Any] = {"action": "create", "file_path": path}
        if known is not None:
            action |= {"action": "update", "last_commit_id": known}
        if data is None:
            yield action | {"action": "delete"}
        else:
            yield action | {"content": base64.b64encode(data).decode(), "encoding": "base64"}


def _last_commit(api: Api, root: str, path: str, commit: str) -> str | None:
    """The commit that touched a file last, or None where there is no such file."""
    try:
        found = api.get(f"{root}/repository/files/{quote(path, safe='')}", ref=commit)
    except Gone:
        return None
    return str(found["last_commit_id"])
