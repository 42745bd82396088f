"""Who is asking, and what the vendor lets them do. No HTTP.

Sources: https://docs.github.com/rest/authentication/permissions-required-for-github-apps; that
resolving a thread needs the contents: https://github.com/orgs/community/discussions/44650
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .limits import Refusal
from .state import BOT_LOGIN, GRANTED, Repo, Token, World

NEEDED: Final[Mapping[str, tuple[str, str]]] = {
    "blob": ("contents", "read"),
    "branch": ("contents", "read"),
    "branch_rules": ("metadata", "read"),
    "check_annotations": ("checks", "read"),
    "combined_status": ("statuses", "read"),
    "comment": ("pull_requests", "write"),
    "comments": ("pull_requests", "read"),
    "compare": ("contents", "read"),
    "conversation": ("pull_requests", "read"),
    "create_branch": ("contents", "write"),
    "create_check": ("checks", "write"),
    "create_pull": ("pull_requests", "write"),
    "edit": ("pull_requests", "write"),
    "files": ("pull_requests", "read"),
    "list_checks": ("checks", "read"),
    "one_check": ("checks", "read"),
    "permission": ("metadata", "read"),
    "pull": ("pull_requests", "read"),
    "pulls": ("pull_requests", "read"),
    "pulls_of": ("pull_requests", "read"),
    "react": ("pull_requests", "write"),
    "reply": ("pull_requests", "write"),
    "repository": ("metadata", "read"),
    "review": ("pull_requests", "write"),
    "review_comments": ("pull_requests", "read"),
    "reviews": ("pull_requests", "read"),
    "status": ("statuses", "write"),
    "tree": ("contents", "read"),
    "update_check": ("checks", "write"),
}
"""What an installation token needs for each route of a repository, by the route's name."""

_LEVELS: Final = ("read", "write", "admin")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request. An App is that itself, or one of its installation tokens."""

    login: str
    token: Token | None = None
    is_app: bool = False
    permissions: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_installation(self) -> bool:
        """Whether this is an App acting where it is installed."""
        return self.token is not None


def caller_with(world: World, token: str) -> Caller | None:
    """Who holds this token, or None where it is unknown or has expired."""
    held = world.installations.get(token)
    if held is not None:
        if held.expires <= world.clock():
            return None
        return Caller(BOT_LOGIN, held, permissions={**held.permissions, "metadata": "read"})
    login = world.tokens.get(token)
    return None if login is None else Caller(login)


def check_route(caller: Caller, repo: Repo, route: str) -> None:
    """Refuse as the vendor does: what one may not see is not there."""
    check_sight(caller, repo)
    if repo.is_archived and NEEDED[route][1] == "write":
        raise Refusal(403, "Repository was archived so is read-only.")
    if caller.is_installation:
        check_grant(caller, *NEEDED[route])
    elif NEEDED[route] == ("checks", "write"):
        raise Refusal(403, "You must authenticate via a GitHub App.")
    elif route == "status" and not repo.may_write(caller.login):
        raise Refusal(404, "Not Found")


def check_sight(caller: Caller, repo: Repo) -> None:
    """Who may not even read gets 404."""
    if caller.is_app:
        raise Refusal(401, "Bad credentials")
    if caller.token is None:
        is_seen = repo.people.get(caller.login, "none") != "none"
    else:
        held = caller.token.repositories
        is_seen = repo.is_installed and (held is None or repo.name in held)
    if not is_seen:
        raise Refusal(404, "Not Found")


def check_grant(caller: Caller, permission: str, level: str) -> None:
    """An installation token does only what it was minted for."""
    held = caller.permissions.get(permission)
    if held is None or _LEVELS.index(held) < _LEVELS.index(level):
        raise Refusal(403, "Resource not accessible by integration")


def check_push(caller: Caller, repo: Repo, deed: str) -> None:
    """Write access to the contents, by grant or as a person."""
    if repo.is_archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    if caller.is_installation:
        check_grant(caller, "contents", "write")
    elif not repo.may_write(caller.login):
        said = f"{caller.login} does not have the correct permissions to execute `{deed}`"
        raise Refusal(403, said)


def check_wanted(wanted: Mapping[str, str]) -> None:
    """A token is never worth more than the installation."""
    for permission, level in wanted.items():
        held = GRANTED.get(permission)
        if held is None or level not in _LEVELS or _LEVELS.index(held) < _LEVELS.index(level):
            said = "The permissions requested are not granted to this installation."
            raise Refusal(422, said)
