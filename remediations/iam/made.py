"""A statement that a function or a ``for`` makes: its values alone. Follows nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from ..terraform.evaluate import Pointer
from ..terraform.nodes import ObjectExpression
from .spread import Piece
from .statement import Elsewhere, Item, Statement, Test, portable, sid_told

_NOT: Final = frozenset({"NotAction", "NotResource", "NotPrincipal"})


def made(piece: Piece, policy: ObjectExpression, where: Elsewhere | None) -> Statement:
    """What it says; it stands for the expression that makes it, and nothing in it can be edited."""
    held = piece.values or {}
    principals = tuple(_principals(held.get("Principal", held.get("NotPrincipal"))))
    has_not = bool(_NOT & held.keys())
    condition = held if has_not else held.get("Condition")
    return Statement(
        node=policy,
        siblings=None,
        sid=sid_told(held.get("Sid")),
        effect=_told(held.get("Effect", "")),
        actions=_items(held.get("Action")),
        resources=_items(held.get("Resource")),
        actions_at=piece.node,
        resources_at=piece.node,
        principals=tuple(item for _, item in principals),
        has_not=has_not,
        conditions=json.dumps(condition, default=_told) if condition else "",
        not_actions=_items(held.get("NotAction")),
        not_resources=_items(held.get("NotResource")),
        not_principals="NotPrincipal" in held,
        principal_kinds=tuple(kind for kind, _ in principals),
        tests=_tests(held.get("Condition")),
        is_one_of_several=True,
        home=piece.document,
        elsewhere=where,
    )


def _told(value: object) -> str:
    """A value as a pattern; of one that is only known after apply, its name."""
    if isinstance(value, Pointer):
        return "${" + value.reference.dotted + "}"
    return portable(value) if isinstance(value, str) else str(value)


def _items(value: object) -> tuple[Item, ...]:
    several = value if isinstance(value, tuple) else (value,)
    return tuple(Item(_told(one)) for one in several if one is not None)


def _principals(value: object) -> Iterator[tuple[str, Item]]:
    if isinstance(value, dict):
        for kind, names in value.items():
            yield from ((str(kind), item) for item in _items(names))
    else:
        yield from (("*", item) for item in _items(value))


def _tests(condition: object) -> tuple[Test, ...] | None:
    if condition is None:
        return ()
    if not isinstance(condition, dict):
        return None
    found = []
    for operator, lines in condition.items():
        if not isinstance(lines, dict):
            return None
        for key, values in lines.items():
            texts = frozenset(item.text for item in _items(values))
            found.append(Test(str(operator).lower(), str(key).lower(), texts))
    return tuple(found)
