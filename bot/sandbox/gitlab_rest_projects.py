"""Projects, groups, members and hooks of the GitLab-shaped API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from . import gitlab_shapes as shapes
from .gitlab_router import Route
from .gitlab_rules import LEVELS
from .gitlab_scope import Scope
from .hooks import Delivery
from .limits import Refusal
from .state import Repo

_MAINTAINER: Final = LEVELS["maintain"]
_SETTINGS: Final = (
    "only_allow_merge_if_pipeline_succeeds",
    "only_allow_merge_if_all_discussions_are_resolved",
    "allow_merge_on_skipped_pipeline",
)
_EVENTS: Final = (
    "push_events",
    "merge_requests_events",
    "note_events",
    "enable_ssl_verification",
)


def project(scope: Scope) -> Any:
    """A project."""
    return shapes.project(scope.forge, scope.repo)


def projects(scope: Scope) -> Any:
    """Those in which the caller is that much at least."""
    least = int(scope.query.get("min_access_level", 0))
    return [
        shapes.project(scope.forge, repo)
        for repo in scope.forge.world.repos.values()
        if scope.forge.level(repo, scope.login) >= max(least, 1)
    ]


def change(scope: Scope) -> Any:
    """Merge settings."""
    wanted: dict[str, Any] = {n: scope.body[n] for n in _SETTINGS if n in scope.body}
    scope.forge.extras(scope.repo).settings |= wanted
    scope.forge.world.record(scope.login, "settings", {"project": scope.repo.name, **wanted})
    return shapes.project(scope.forge, scope.repo)


def member(scope: Scope) -> Any:
    """Somebody with their access level, wherever it comes from."""
    number = scope.number("user_id")
    for login in scope.repo.people:
        if scope.forge.user_id(login) == number:
            return shapes.member(scope.forge, scope.repo, login)
    raise Refusal(404, "404 Not found")


def hooks(scope: Scope) -> Any:
    """Webhooks of a project."""
    return [shapes.hook(one) for one in scope.forge.extras(scope.repo).hooks.values()]


def add_hook(scope: Scope) -> Any:
    """A new one."""
    return _add(scope, scope.forge.extras(scope.repo).hooks)


def edit_hook(scope: Scope) -> Any:
    """Another secret, other events."""
    return _edit(scope, scope.forge.extras(scope.repo).hooks)


def _add(scope: Scope, held: dict[int, dict[str, Any]]) -> Any:
    scope.needs("url")
    if not str(scope.body["url"]).startswith(("http://", "https://")):
        raise Refusal(422, "Invalid url given")
    made: dict[str, Any] = {"push_events": True, "merge_requests_events": False}
    made |= {"note_events": False, "name": None}
    made |= {"id": scope.forge.world.next_id(), "enable_ssl_verification": True}
    made |= {"alert_status": "executable", "disabled_until": None, **_wanted(scope)}
    held[made["id"]] = made
    scope.forge.world.record(scope.login, "hook", {"url": made["url"]})
    return shapes.hook(made)


def _edit(scope: Scope, held: dict[int, dict[str, Any]]) -> Any:
    number = scope.number("hook_id")
    if number not in held:
        raise Refusal(404, "404 Not found")
    held[number] |= _wanted(scope)
    scope.forge.world.record(scope.login, "hook", {"url": held[number]["url"]})
    return shapes.hook(held[number])


def _wanted(scope: Scope) -> dict[str, Any]:
    known = ("url", "token", "signing_token", "name", *_EVENTS)
    return {name: scope.body[name] for name in known if name in scope.body}


def events(scope: Scope) -> Any:
    """What a hook sent, newest first, by the class of the answers."""
    classes = {"successful": (200, 299), "client_failure": (400, 499), "server_failure": (500, 599)}
    low, high = classes.get(scope.query.get("status", ""), (0, 599))
    found = [_event(one) for one in reversed(scope.forge.hooks.log)]
    if scope.query.get("status") == "server_failure":
        return [one for one in found if one["response_status"] in ("0", "500", "502", "503")]
    return [one for one in found if low <= int(one["response_status"]) <= high]


def _event(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.number,
        "url": "https://bot.example/webhooks/gitlab",
        "trigger": one.event,
        "request_headers": {"Idempotency-Key": one.id},
        "response_status": str(one.status),
        "created_at": one.at,
    }


def resend(scope: Scope) -> Any:
    """Send one again, under its own key."""
    number = scope.number("hook_event_id")
    for one in scope.forge.hooks.log:
        if one.number == number:
            scope.forge.hooks.send_again(one)
            return {"response_status": 200}
    raise Refusal(404, "404 Not found")


def group(scope: Scope) -> Any:
    """A group that the caller has a project in."""
    name = scope.named["group"]
    if not list(_of_group(scope)):
        raise Refusal(404, "404 Group Not Found")
    return {"id": 1, "name": name.rpartition("/")[2], "full_path": name}


def group_projects(scope: Scope) -> Any:
    """Its projects, and those of the groups below."""
    return [shapes.project(scope.forge, repo) for repo in _of_group(scope)]


def _of_group(scope: Scope) -> Iterator[Repo]:
    for repo in scope.forge.world.repos.values():
        is_inside = repo.name.startswith(f"{scope.named['group']}/")
        if is_inside and scope.forge.level(repo, scope.login):
            yield repo


def group_hooks(scope: Scope) -> Any:
    """Webhooks of a group (Premium)."""
    return [shapes.hook(one) for one in _group_hooks(scope).values()]


def add_group_hook(scope: Scope) -> Any:
    """A new one."""
    return _add(scope, _group_hooks(scope))


def edit_group_hook(scope: Scope) -> Any:
    """Another secret, other events."""
    return _edit(scope, _group_hooks(scope))


def _group_hooks(scope: Scope) -> dict[int, dict[str, Any]]:
    if not scope.forge.is_premium:
        raise Refusal(404, "404 Not Found")
    return scope.forge.group_hooks.setdefault(scope.named["group"], {})


PROJECTS: Final = (
    Route("GET", "/projects", projects),
    Route("GET", "/projects/:id", project),
    Route("PUT", "/projects/:id", change, _MAINTAINER),
    Route("GET", "/projects/:id/members/all/:user_id", member),
    Route("GET", "/projects/:id/hooks", hooks, _MAINTAINER),
    Route("POST", "/projects/:id/hooks", add_hook, _MAINTAINER),
    Route("PUT", "/projects/:id/hooks/:hook_id", edit_hook, _MAINTAINER),
    Route("GET", "/projects/:id/hooks/:hook_id/events", events, _MAINTAINER),
    Route("POST", "/projects/:id/hooks/:hook_id/events/:hook_event_id/resend", resend, _MAINTAINER),
    Route("GET", "/groups/:group", group),
    Route("GET", "/groups/:group/projects", group_projects),
    Route("GET", "/groups/:group/hooks", group_hooks),
    Route("POST", "/groups/:group/hooks", add_group_hook),
    Route("PUT", "/groups/:group/hooks/:hook_id", edit_group_hook),
)
