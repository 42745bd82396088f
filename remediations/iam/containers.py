"""What a value may be, and what of the containers of a task does not stand here.

Follows locals and conditions; knows no role.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..terraform.module import Module
from ..terraform.nodes import (
    Call,
    Conditional,
    Document,
    Expression,
    ForExpression,
    Heredoc,
    ListExpression,
    Literal,
    ObjectExpression,
    String,
)
from .spread import behind

LOGGING: Final = ("logConfiguration", "options")
"""Where a container says to which group it prints."""
_FALLS_BACK: Final = frozenset({"coalesce", "try"})
_PUTS_TOGETHER: Final = _FALLS_BACK | {"concat", "flatten", "jsonencode", "merge", "tolist"}
_MOST_STEPS: Final = 1_000
Written = tuple[Expression, Document]
"""An expression and the file that it stands in."""


def branches(value: Expression, document: Document, module: Module) -> Iterator[Written]:
    """What a value may be: each side of a condition and what falls back, through locals too.

    A condition that a default settles is none that whoever calls the module has settled.
    """
    pending = [(value, document)]
    for _ in range(_MOST_STEPS):
        if not pending:
            return
        node, home = pending.pop()
        inner, place = behind(node, home, module)
        sides = _sides(inner)
        pending += [(side, place) for side in sides]
        yield from () if sides else [(node, home)]
    yield from pending


def unread(value: Expression, document: Document, module: Module, *within: str) -> Written | None:
    """The first part of some objects that comes from elsewhere, or of what they say ``within``."""
    for node, home in _parts(value, document, module):
        is_null = isinstance(node, Literal) and node.value is None
        if not is_null and not isinstance(node, Heredoc | ObjectExpression | String):
            return node, home
        entry = node.entry(within[0]) if within and isinstance(node, ObjectExpression) else None
        found = unread(entry.value, home, module, *within[1:]) if entry is not None else None
        if found is not None:
            return found
    return None


def _parts(value: Expression, document: Document, module: Module) -> Iterator[Written]:
    """What a list or an object is put together from."""
    pending = [(value, document)]
    for _ in range(_MOST_STEPS):
        if not pending:
            return
        node, home = behind(*pending.pop(), module)
        match node:
            case ListExpression(items=items):
                parts: tuple[Expression, ...] = tuple(items)
            case ForExpression(value=each):
                parts = (each,)
            case Call(name=name, arguments=arguments) if name in _PUTS_TOGETHER:
                parts = tuple(arguments)
            case _:
                parts = _sides(node)
        pending += [(part, home) for part in parts]
        yield from () if parts or isinstance(node, ListExpression) else [(node, home)]
    yield from pending


def _sides(node: Expression) -> tuple[Expression, ...]:
    """The values that an expression chooses between; none where it chooses nothing."""
    match node:
        case Conditional(test=Literal(value=True), then=then):
            return (then,)
        case Conditional(test=Literal(value=False), otherwise=otherwise):
            return (otherwise,)
        case Conditional(then=then, otherwise=otherwise):
            return then, otherwise
        case Call(name=name, arguments=arguments) if name in _FALLS_BACK:
            return tuple(arguments)
        case _:
            return ()
