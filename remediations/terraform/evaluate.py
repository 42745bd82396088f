"""Values of expressions, as far as the text settles them. Pure and budgeted.

Never a file function, never the environment: what is not known is ``Unknown`` with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..model import Known, Unknown, Value
from .functions import FUNCTIONS, MAX_TEXT, as_bool, as_text, equal, weigh
from .nodes import (
    Call,
    Conditional,
    Expression,
    Heredoc,
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
MAX_MODULE_STEPS: Final = 2_000_000
"""What all values of one module together may cost: about two seconds."""

_TOO_LARGE: Final = "the expression is too large to work out"
_NOT_HERE: Final = "the expression is not one that is worked out here"
_AFTER_APPLY: Final = "`{name}` is only known after apply"
_ELSEWHERE: Final = {
    "count": "`{name}` differs from instance to instance",
    "data": "`{name}` is looked up when Terraform runs",
    "each": "`{name}` differs from instance to instance",
    "module": "`{name}` comes from another module",
    "path": "`{name}` depends on where Terraform runs",
    "terraform": "`{name}` depends on where Terraform runs",
}


class _GivenUp(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in one module. A variable without a default is ``None``."""

    variables: Mapping[str, Expression | None] = field(default_factory=dict)
    locals: Mapping[str, Expression] = field(default_factory=dict)
    _spent: list[int] = field(default_factory=lambda: [0], repr=False, compare=False)

    def spend(self) -> bool:
        """Count one step; False once the module has had its share."""
        self._spent[0] += 1
        return self._spent[0] <= MAX_MODULE_STEPS


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
        if self.steps > MAX_STEPS or depth > MAX_DEPTH or not self.scope.spend():
            raise _GivenUp(_TOO_LARGE)
        match node:
            case Literal(value=value):
                return value
            case String(parts=parts) | Heredoc(parts=parts):
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
                return self.value(then if self.truth(test, depth) else otherwise, depth + 1)
            case Operation():
                return self.operation(node, depth)
            case Call():
                return self.call(node, depth)
            case _:
                raise _GivenUp(_NOT_HERE)

    def truth(self, node: Expression, depth: int) -> bool:
        try:
            return as_bool(self.value(node, depth + 1))
        except (TypeError, ValueError) as error:
            raise _GivenUp(str(error)) from error

    def text(self, parts: tuple[str | Expression, ...], depth: int) -> str:
        pieces: list[str] = []
        left = MAX_TEXT
        for part in parts:
            piece = part if isinstance(part, str) else self.piece(part, depth)
            left -= len(piece)
            if left < 0:
                raise _GivenUp("the text is too long to work out")
            pieces.append(piece)
        return "".join(pieces)

    def piece(self, node: Expression, depth: int) -> str:
        try:
            return as_text(self.value(node, depth + 1))
        except (TypeError, ValueError) as error:
            raise _GivenUp(str(error)) from error

    def table(self, node: ObjectExpression, depth: int) -> dict[str, object]:
        result: dict[str, object] = {}
        for entry in node.entries:
            name = entry.name
            key = name if name is not None else self.piece(entry.key, depth)
            result[key] = self.value(entry.value, depth + 1)
        return result

    def reference(self, node: Reference, depth: int) -> object:
        kind, name = node.parts[0], node.parts[1] if len(node.parts) > 1 else None
        if not isinstance(kind, str) or kind not in ("var", "local") or not isinstance(name, str):
            words = _ELSEWHERE.get(node.names[0] if node.names else "", _AFTER_APPLY)
            raise _GivenUp(words.format(name=node.dotted))
        table = self.scope.variables if kind == "var" else self.scope.locals
        if name not in table:
            raise _GivenUp(f"`{kind}.{name}` is not declared in this module")
        held = table[name]
        if held is None:
            raise _GivenUp(f"`var.{name}` has no default")
        return self.descend(self.value(held, depth + 1), node, depth)

    def descend(self, value: object, node: Reference, depth: int) -> object:
        for part in node.parts[2:]:
            if part == "*":
                raise _GivenUp(_NOT_HERE)
            key = part if isinstance(part, str) else self.value(part, depth + 1)
            value = _member(value, key, node.dotted)
        return value

    def operation(self, node: Operation, depth: int) -> object:
        values = [self.value(operand, depth + 1) for operand in node.operands]
        match node.operator, values:
            case "==", [left, right]:
                return equal(left, right)
            case "!=", [left, right]:
                return not equal(left, right)
            case "!", [bool() as only]:
                return not only
            case "&&", [bool() as left, bool() as right]:
                return left and right
            case "||", [bool() as left, bool() as right]:
                return left or right
            case "-", [int() | float() as only] if not isinstance(only, bool):
                return -only
            case _:
                raise _GivenUp(f"`{node.operator}` is not worked out here")

    def call(self, node: Call, depth: int) -> object:
        function = FUNCTIONS.get(node.name)
        if function is None or node.expands:
            raise _GivenUp(f"`{node.name}()` is not worked out here")
        values = [self.value(argument, depth + 1) for argument in node.arguments]
        try:
            weigh(*values)
            result = function(*values)
            weigh(result)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise _GivenUp(f"`{node.name}()` cannot take these arguments") from error
        return result


def _member(value: object, key: object, dotted: str) -> object:
    if isinstance(value, dict) and isinstance(key, str) and key in value:
        return value[key]
    if isinstance(value, tuple) and type(key) is int and 0 <= key < len(value):
        return value[key]
    raise _GivenUp(f"`{dotted}` does not name a value that is written here")
