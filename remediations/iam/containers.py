"""What a value may be, and which containers of a task are not written out.

Follows locals and conditions; knows no role.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..terraform.belonging import nodes_behind
from ..terraform.module import Module
from ..terraform.nodes import (
    Call,
    Conditional,
    Expression,
    ForExpression,
    Heredoc,
    ListExpression,
    Literal,
    ObjectExpression,
    Parentheses,
    Reference,
    String,
)

_FALLS_BACK: Final = frozenset({"coalesce", "try"})
_PUTS_TOGETHER: Final = frozenset({"concat", "flatten", "jsonencode", "merge", "tolist"})
_SAYS_WHERE: Final = frozenset({"logConfiguration", "options"})
_MOST_STEPS: Final = 1_000


def branches(value: Expression, module: Module) -> Iterator[Expression]:
    """What a value may be: each side of a condition, what falls back, and what a local stands for.

    A condition that a default settles is none that whoever calls the module has settled.
    """
    yield from _leaves(value, module, _FALLS_BACK, is_list=False)


def unread_container(value: Expression, module: Module) -> Expression | None:
    """The first of some containers that is no text and no object here, but comes from elsewhere."""
    leaves = _leaves(value, module, _FALLS_BACK | _PUTS_TOGETHER, is_list=True)
    written = (Heredoc, ObjectExpression, String)
    return next((one for one in leaves if not isinstance(one, written)), None)


def unread_logging(value: Expression, module: Module) -> Expression | None:
    """Where some container is told where to print, if that comes from elsewhere."""
    for node in nodes_behind([value], module):
        for entry in node.entries if isinstance(node, ObjectExpression) else ():
            if entry.name in _SAYS_WHERE:
                unread = unread_container(entry.value, module)
                if unread is not None and not _is_null(unread):
                    return unread
    return None


def _is_null(value: Expression) -> bool:
    return isinstance(value, Literal) and value.value is None


def _leaves(
    value: Expression, module: Module, through: frozenset[str], *, is_list: bool
) -> Iterator[Expression]:
    pending = [value]
    for _ in range(_MOST_STEPS):
        if not pending:
            return
        node = pending.pop()
        if isinstance(node, Parentheses):
            pending.append(node.inner)
        elif isinstance(node, Conditional):
            test = node.test.value if isinstance(node.test, Literal) else None
            pending += [node.then] * (test is not False) + [node.otherwise] * (test is not True)
        elif isinstance(node, Call) and node.name in through:
            pending += node.arguments
        elif isinstance(node, ListExpression) and is_list:
            pending += node.items
        elif isinstance(node, ForExpression) and is_list:
            pending.append(node.value)
        elif isinstance(node, Reference) and _local(node, module) is not None:
            pending += filter(None, [_local(node, module)])
        else:
            yield node
    yield from pending


def _local(node: Reference, module: Module) -> Expression | None:
    """What a local stands for, where it is named as a whole."""
    is_whole = node.names[:1] == ("local",) and len(node.parts) == len(node.names) == 2
    held = module.locals.get(node.names[1]) if is_whole else None
    return held[0].value if held is not None else None
