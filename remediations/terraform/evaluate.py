"""Values of expressions, as far as the text settles them. Pure and budgeted.

Never a file function, never the environment: what is not known is ``Unknown`` with a reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..model import Known, Unknown, Value
from .nodes import (
    Call,
    Conditional,
    Expression,
    ListExpression,
    Literal,
    ObjectExpression,
    Operation,
    Parentheses,
    Reference,
    String,
)

MAX_STEPS: Final = 10_000
MAX_DEPTH: Final = 60
MAX_TEXT: Final = 64 * 1024

_AFTER_APPLY: Final = "`{name}` is only known after apply"


class _GivenUp(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in one module. A variable without a default is ``None``."""

    variables: Mapping[str, Expression | None] = field(default_factory=dict)
    locals: Mapping[str, Expression] = field(default_factory=dict)


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value, or why it is not known."""
    try:
        return Known(_Evaluation(scope).value(expression, 0))
    except _GivenUp as given_up:
        return Unknown(given_up.reason)


def origin(expression: Expression, scope: Scope) -> Expression | None:
    """Where a value that is only passed on was written: a variable's default or a local."""
    found: Expression | None = None
    for _ in range(MAX_DEPTH):
        if not isinstance(expression, Reference) or len(expression.names) != 2:
            return found
        kind, name = expression.names
        table = {"var": scope.variables, "local": scope.locals}.get(kind, {})
        following = table.get(name)
        if following is None:
            return found
        found = expression = following
    return found


class _Evaluation:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.steps = 0

    def value(self, node: Expression, depth: int) -> object:
        self.steps += 1
        if self.steps > MAX_STEPS or depth > MAX_DEPTH:
            raise _GivenUp("the expression is too large to work out")
        match node:
            case Literal(value=value):
                return value
            case String(parts=parts):
                return self.text(parts, depth)
            case Parentheses(inner=inner):
                return self.value(inner, depth + 1)
            case ListExpression(items=items):
                return tuple(self.value(item, depth + 1) for item in items)
            case ObjectExpression():
                return self.table(node, depth)
            case Reference():
                return self.reference(node, depth)
            case Conditional(test=test, then=then, otherwise=otherwise):
                chosen = then if self.value(test, depth + 1) is True else otherwise
                return self.value(chosen, depth + 1)
            case Operation():
                return self.operation(node, depth)
            case Call():
                return self.call(node, depth)
            case _:
                raise _GivenUp("the expression is not one that is worked out here")

    def text(self, parts: tuple[str | Expression, ...], depth: int) -> str:
        pieces = [
            part if isinstance(part, str) else _as_text(self.value(part, depth + 1))
            for part in parts
        ]
        joined = "".join(pieces)
        if len(joined) > MAX_TEXT:
            raise _GivenUp("the text is too long to work out")
        return joined

    def table(self, node: ObjectExpression, depth: int) -> dict[str, object]:
        result: dict[str, object] = {}
        for entry in node.entries:
            name = entry.name
            key = name if name is not None else _as_text(self.value(entry.key, depth + 1))
            result[key] = self.value(entry.value, depth + 1)
        return result

    def reference(self, node: Reference, depth: int) -> object:
        kind = node.names[0]
        if kind not in ("var", "local") or len(node.names) < 2:
            raise _GivenUp(_AFTER_APPLY.format(name=node.dotted))
        name = node.names[1]
        if kind == "var":
            if name not in self.scope.variables:
                raise _GivenUp(f"`var.{name}` is not declared in this module")
            default = self.scope.variables[name]
            if default is None:
                raise _GivenUp(f"`var.{name}` has no default")
            value = self.value(default, depth + 1)
        else:
            if name not in self.scope.locals:
                raise _GivenUp(f"`local.{name}` is not declared in this module")
            value = self.value(self.scope.locals[name], depth + 1)
        return self.descend(value, node, depth)

    def descend(self, value: object, node: Reference, depth: int) -> object:
        for part in node.parts[2:]:
            key = part if isinstance(part, str) else self.value(part, depth + 1)
            value = _member(value, key, node.dotted)
        return value

    def operation(self, node: Operation, depth: int) -> object:
        values = [self.value(operand, depth + 1) for operand in node.operands]
        match node.operator, values:
            case "==", [left, right]:
                return left == right
            case "!=", [left, right]:
                return left != right
            case "!", [bool() as only]:
                return not only
            case "&&", [bool() as left, bool() as right]:
                return left and right
            case "||", [bool() as left, bool() as right]:
                return left or right
            case "-", [int() | float() as only]:
                return -only
            case _:
                raise _GivenUp(f"`{node.operator}` is not worked out here")

    def call(self, node: Call, depth: int) -> object:
        function = _FUNCTIONS.get(node.name)
        if function is None or node.expands:
            raise _GivenUp(f"`{node.name}()` is not worked out here")
        values = [self.value(argument, depth + 1) for argument in node.arguments]
        try:
            return function(*values)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
            raise _GivenUp(f"`{node.name}()` cannot take these arguments") from error


def _member(value: object, key: object, dotted: str) -> object:
    if isinstance(value, dict) and key in value:
        return value[key]
    if isinstance(value, tuple) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    raise _GivenUp(f"`{dotted}` does not name a value that is written here")


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise _GivenUp("a value that is no text stands in a text")


def _coalesce(*values: object) -> object:
    return next(value for value in values if value not in (None, ""))


def _merge(*values: dict[str, object]) -> dict[str, object]:
    return {key: value for one in values for key, value in one.items()}


def _tobool(value: object) -> bool:
    return {"true": True, "false": False, True: True, False: False}[value]


_FUNCTIONS: Final[dict[str, Callable[..., object]]] = {
    "coalesce": _coalesce,
    "concat": lambda *lists: tuple(item for one in lists for item in one),
    "contains": lambda items, item: item in items,
    "join": lambda separator, items: separator.join(items),
    "jsonencode": json.dumps,
    "keys": lambda table: tuple(sorted(table)),
    "length": len,
    "lookup": lambda table, key, *default: table.get(key, *default) if default else table[key],
    "lower": str.lower,
    "merge": _merge,
    "replace": lambda text, old, new: text.replace(old, new),
    "tobool": _tobool,
    "tolist": tuple,
    "toset": tuple,
    "tostring": _as_text,
    "upper": str.upper,
    "values": lambda table: tuple(table[key] for key in sorted(table)),
}
