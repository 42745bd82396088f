"""Connects projects of GitLab to the bot: a webhook each, and the settings that make it a gate.

Says in words what it did, and does nothing that is done already. Sources:
https://docs.gitlab.com/api/project_webhooks/, https://docs.gitlab.com/api/group_webhooks/ and
https://docs.gitlab.com/user/project/merge_requests/auto_merge/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from .errors import Gone, Refused
from .gitlab_api import Api, project_path
from .gitlab_watch import HOOK_PATH

_EVENTS: Final = {
    "merge_requests_events": True,
    "note_events": True,
    "push_events": True,
    "enable_ssl_verification": True,
}
_GATE: Final = {
    "only_allow_merge_if_pipeline_succeeds": "pipelines must succeed",
    "only_allow_merge_if_all_discussions_are_resolved": "all threads must be resolved",
}
_MAX_PROJECTS: Final = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the bot hears, with which secret, and whether merging is to wait for it."""

    url: str
    secret: Mapping[str, str]
    """``token``, or ``signing_token`` where deliveries are to be signed."""
    gates: bool = True


def connect(api: Api, path: str, wanted: Wanted) -> Iterator[str]:
    """Connect a project, or a group with all its projects; a sentence for each thing done.

    Raises ``Gone`` where GitLab shows neither to this token, and ``Refused`` where the token may
    not (it takes a maintainer, of a group an owner).
    """
    try:
        project = api.get(project_path(path))
    except Gone:
        yield from _connect_group(api, path, wanted)
        return
    yield from _hooked(api, project_path(path), path, wanted)
    yield from _gated(api, project, wanted)


def _connect_group(api: Api, path: str, wanted: Wanted) -> Iterator[str]:
    root = f"/groups/{quote(path, safe='')}"
    api.get(root)
    try:
        yield from list(_hooked(api, root, path, wanted))
        has_hook = True
    except (Gone, Refused):
        yield f"{path}: groups have webhooks in GitLab Premium only; each project gets its own."
        has_hook = False
    found = api.pages(
        f"{root}/projects", limit=_MAX_PROJECTS, include_subgroups="true", archived="false"
    )
    for project in list(found):
        name = project["path_with_namespace"]
        if not has_hook:
            yield from _hooked(api, project_path(name), name, wanted)
        yield from _gated(api, project, wanted)


def _hooked(api: Api, root: str, name: str, wanted: Wanted) -> Iterator[str]:
    """GitLab tells nobody a hook's secret, so it is set again each time."""
    body = {"url": f"{wanted.url}{HOOK_PATH}", **_EVENTS, **wanted.secret}
    hooks = api.pages(f"{root}/hooks", limit=100)
    there = next((one for one in hooks if one["url"] == body["url"]), None)
    if there is None:
        api.post(f"{root}/hooks", body)
        yield f"{name}: made a webhook for merge requests, comments and pushes."
        return
    api.put(f"{root}/hooks/{there['id']}", body)
    is_same = all(there[event] == value for event, value in _EVENTS.items())
    what = "is in place" if is_same else "now tells of merge requests, comments and pushes"
    yield f"{name}: the webhook {what}; its secret was set again."


def _gated(api: Api, project: Mapping[str, Any], wanted: Wanted) -> Iterator[str]:
    if not wanted.gates:
        return
    name = project["path_with_namespace"]
    missing = [setting for setting in _GATE if not project[setting]]
    if not missing:
        yield f"{name}: merging waits for the bot already."
        return
    api.put(project_path(name), dict.fromkeys(missing, True))
    words = " and ".join(_GATE[setting] for setting in missing)
    yield f"{name}: from now on {words} before a merge."
