"""Whether every action of a policy can still do something after a change. Knows no condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..frozen import dataclass
from ..terraform.module import Module
from .actions import Reach, reach
from .arns import may_reach, types_reached
from .globs import escapes, pattern
from .statement import Statement
from .targets import SERVICES, targets

_EVERYTHING: Final = "*"


def loses(before: Sequence[Statement], after: Sequence[Statement], module: Module) -> Iterator[str]:
    """An action that is nowhere any more, or only on what it cannot be used on.

    ``before`` are the statements that were changed. A wildcard may be replaced by some of what it
    stands for; an action that is named may not go.
    """
    allows = [one for one in after if one.effect == "Allow"]
    for parent in before:
        if parent.effect != "Allow" or parent.not_actions:
            continue
        for item in parent.actions:
            reason = _lost(item.text, parent, allows, module)
            if reason is not None:
                yield reason


def _lost(
    action: str, parent: Statement, allows: Sequence[Statement], module: Module
) -> str | None:
    children = [one for one in allows if action in {item.text for item in one.actions}]
    if not children:
        written = (item.text for one in allows for item in one.actions)
        kept = _is_open(action) and any(_stands_for(action, one) for one in written)
        return None if kept else f"would lose `{action}`"
    then = _uses(action, parent, module)
    now = [_uses(action, one, module) for one in children]
    types = frozenset(type for one in now for type in one.types)
    texts = frozenset(text for one in now for text in one.texts)
    if then.texts <= texts and not _is_dead(reach(action), then.types, types):
        return None
    return f"would name `{action}` on something that it cannot be used on"


def _is_open(action: str) -> bool:
    return "*" in action or "?" in action


def _stands_for(wide: str, action: str) -> bool:
    return escapes(pattern(action.lower()), [pattern(wide.lower())]) is None


@dataclass(frozen=True, slots=True)
class _Uses:
    """What an action finds: types of resources, and texts that have to stay as they are."""

    types: frozenset[str]
    texts: frozenset[str]


def _uses(action: str, statement: Statement, module: Module) -> _Uses:
    reached = reach(action)
    types: set[str] = set()
    texts: set[str] = set()
    for item in statement.resources:
        found = _types(reached, item.text, module)
        types |= found
        # It takes nothing that can be named here, or what it is given may be anything.
        if not found and (not reached.types or _may_be_any(item.text, reached, module)):
            texts.add(item.text)
    if _EVERYTHING in texts:
        texts = {_EVERYTHING}
    return _Uses(frozenset(types), frozenset(texts))


def _may_be_any(resource: str, reached: Reach, module: Module) -> bool:
    return "${" in resource and may_reach(resource, reached.actions[0].service, module)


def _types(reached: Reach, resource: str, module: Module) -> frozenset[str]:
    if not reached.types:
        return frozenset()
    return types_reached(resource, reached.actions[0].service, module) & reached.types


def _is_dead(reached: Reach, then: frozenset[str], now: frozenset[str]) -> bool:
    """Whether some kind of resource that the action needs is no longer there."""
    if not then:
        return False
    name = reached.actions[0].service
    families: dict[object, set[str]] = {}
    for one in targets(name):
        if one.type in then:
            families.setdefault(one.kinds, set()).add(one.type)
    alive = [family for family in families.values() if family & now]
    if any(not family <= now for family in alive):
        return True
    return not alive if SERVICES[name].are_alternatives else len(alive) < len(families)
