"""Whether what a statement is about lies in what others are about: actions times resources.

A product of an action and a resource is covered where all resources are, by those statements whose
actions cover the action; or the other way round. Knows no condition and no service.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from ..terraform.module import Module
from .arns import as_pattern, escape_of
from .globs import Pattern, are_disjoint, escapes, pattern
from .statement import Item, Statement

_EVERYTHING: Final = "*"
_ITSELF: Final = ""


def covers(wide: Statement, narrow: Statement, module: Module) -> bool:
    """Whether one statement alone is about all that another one is about."""
    return uncovered(narrow, [wide], module) is None


def uncovered(child: Statement, parents: Sequence[Statement], module: Module) -> str | None:
    """None where the parents are about all that the child is about.

    Else an action on a resource that none of them is shown to be about; empty where there is no
    example.
    """
    if child.has_not and (child.not_actions or child.not_resources):
        return None if any(_is_within(child, one, module) for one in parents) else ""
    for action in child.actions:
        for resource in _resources(child):
            found = _uncovered(action.text, resource, parents, module)
            if found is not None:
                return found
    # A statement about nothing is no statement; what it means is AWS's to say.
    return None if child.actions and _resources(child) else ""


def _resources(statement: Statement) -> tuple[str, ...]:
    """Its resources; of a policy that names none, what it is attached to."""
    if statement.resources_at is None and not statement.not_resources:
        return (_ITSELF,)
    return tuple(item.text for item in statement.resources)


def _uncovered(
    action: str, resource: str, parents: Sequence[Statement], module: Module
) -> str | None:
    on_action = [one for one in parents if _has_action(one, action)]
    on_resource = [one for one in parents if _has_resource(one, resource, module)]
    plain = tuple(text for one in on_action if not one.not_resources for text in _resources(one))
    escape = escape_of(resource, plain, module) if plain else resource
    if escape is None or any(one in on_resource for one in on_action):
        return None
    wide = [_lowered(item) for one in on_resource if not one.not_actions for item in one.actions]
    if wide and escapes(_lowered(action), wide) is None:
        return None
    return f"`{action}` on `{escape}`" if escape else f"`{action}`"


def _has_action(parent: Statement, action: str) -> bool:
    """Whether a statement is about all that an action pattern stands for."""
    one = _lowered(action)
    if parent.not_actions:
        return all(are_disjoint(one, _lowered(item)) for item in parent.not_actions)
    return escapes(one, [_lowered(item) for item in parent.actions]) is None


def _has_resource(parent: Statement, resource: str, module: Module) -> bool:
    if parent.not_resources:
        mine = as_pattern(resource, module)
        left_out = (as_pattern(item.text, module) for item in parent.not_resources)
        return all(are_disjoint(mine, one) for one in left_out)
    return escape_of(resource, _resources(parent), module) is None


def _is_within(child: Statement, parent: Statement, module: Module) -> bool:
    """Of statements that say what they leave out: whoever leaves out more is narrower."""
    return _actions_within(child, parent) and _resources_within(child, parent, module)


def _actions_within(child: Statement, parent: Statement) -> bool:
    if not child.not_actions:
        return bool(child.actions) and all(_has_action(parent, one.text) for one in child.actions)
    if not parent.not_actions:
        return _EVERYTHING in _texts(parent.actions)
    more = [_lowered(item) for item in child.not_actions]
    return all(escapes(_lowered(item), more) is None for item in parent.not_actions)


def _resources_within(child: Statement, parent: Statement, module: Module) -> bool:
    if not child.not_resources:
        mine = _resources(child)
        return bool(mine) and all(_has_resource(parent, one, module) for one in mine)
    if not parent.not_resources:
        return _EVERYTHING in _texts(parent.resources)
    more = _texts(child.not_resources)
    return all(escape_of(item.text, more, module) is None for item in parent.not_resources)


def _texts(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(item.text for item in items)


def _lowered(action: str | Item) -> Pattern:
    """IAM does not look at the case of actions; a reference keeps its own."""
    return _small(action if isinstance(action, str) else action.text)


@lru_cache(maxsize=1_024)
def _small(action: str) -> Pattern:
    return tuple(part if len(part) > 1 else part.lower() for part in pattern(action))
