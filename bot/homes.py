"""Where the bot is at home: what a webhook says of repositories that come, leave and move. Pure.

Read leniently (https://docs.github.com/webhooks/webhook-events-and-payloads#installation).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from .payloads import at, text_at

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+\Z")
_OWNER: Final = re.compile(r"[A-Za-z0-9_.-]+\Z")


@dataclass(frozen=True, slots=True)
class Came:
    """The bot may work there, for the first time or again. ``place`` is "owner/name" or "owner"."""

    place: str


@dataclass(frozen=True, slots=True)
class Left:
    """It may not any more: removed, suspended, archived or gone."""

    place: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A repository, or everything of an owner, has another name."""

    before: str
    after: str


HomeChange = Came | Left | Moved


def read(event: str, action: str, payload: dict[str, Any]) -> tuple[HomeChange, ...]:
    """What changed; nothing where that is not what the delivery is about."""
    match event:
        case "installation":
            return tuple(_installation(action, payload))
        case "installation_repositories":
            return (
                *map(Came, _named(payload, "repositories_added")),
                *map(Left, _named(payload, "repositories_removed")),
            )
        case "installation_target" if action == "renamed":
            after = text_at(payload, "account", "login")
            return _moved(_OWNER, text_at(payload, "changes", "login", "from"), after)
        case "repository":
            return tuple(_repository(action, payload))
    return ()


def _installation(action: str, payload: dict[str, Any]) -> Iterator[HomeChange]:
    owner = text_at(payload, "installation", "account", "login")
    if not _OWNER.match(owner):
        return
    if action in ("created", "unsuspend", "new_permissions_accepted"):
        yield Came(owner)
    elif action in ("deleted", "suspend"):
        yield Left(owner)


def _repository(action: str, payload: dict[str, Any]) -> Iterator[HomeChange]:
    name = text_at(payload, "repository", "full_name")
    if not _REPOSITORY.match(name):
        return
    owner, _, own = name.partition("/")
    match action:
        case "deleted" | "archived":
            yield Left(name)
        case "unarchived":
            yield Came(name)
        case "renamed":
            before = text_at(payload, "changes", "repository", "name", "from")
            yield from _moved(_REPOSITORY, f"{owner}/{before}", name)
        case "transferred":
            froms = (
                text_at(payload, "changes", "owner", "from", kind, "login")
                for kind in ("user", "organization")
            )
            before = next(filter(None, froms), "")
            yield from _moved(_REPOSITORY, f"{before}/{own}", name)


def _moved(shape: re.Pattern[str], before: str, after: str) -> tuple[Moved, ...]:
    is_move = shape.match(before) and shape.match(after) and before != after
    return (Moved(before, after),) if is_move else ()


def _named(payload: dict[str, Any], key: str) -> Iterator[str]:
    held = at(payload, key)
    for one in held if isinstance(held, list) else ():
        name = text_at(one, "full_name") if isinstance(one, dict) else ""
        if _REPOSITORY.match(name):
            yield name
