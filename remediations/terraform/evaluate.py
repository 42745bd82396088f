"""Values of expressions, as far as the text settles them. Pure and budgeted.

Never a file function, never the environment: what is not known is ``Unknown`` with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from ..model import Known, Unknown, Value
from .functions import FUNCTIONS, MAX_TEXT, as_bool, as_text, equal, weigh
from .nodes import (
    Call,
    Conditional,
    Document,
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

_TOO_LARGE: Final = "the expression is too large to work out"
_NOT_HERE: Final = "the expression is not one that is worked out here"


class _GivenUp(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Scope(Protocol):
    """What names mean where an expression stands."""

    def find(self, node: Reference) -> Found | Value:
        """What a reference that begins with ``var``, ``local``, ``module`` … stands for."""

    def spend(self) -> bool:
        """Count one step; False once the whole module tree has had its share."""


class Origin(Enum):
    """Where the expression behind a name was written; the value is how people call it."""

    DEFAULT = "default"
    TFVARS = "tfvars"
    LOCAL = "local"
    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The expression behind a name, and the scope that its own names are looked up in.

    ``rest`` are the parts of the reference that are still to be followed inside of its value.
    """

    expression: Expression
    scope: Scope
    rest: tuple[str | Expression, ...]
    origin: Origin
    document: Document
    name: str


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value, or why it is not known."""
    try:
        return Known(_Evaluation(scope).value(expression, 0))
    except _GivenUp as given_up:
        return Unknown(given_up.reason)


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
        found = self.scope.find(node)
        if isinstance(found, Unknown):
            raise _GivenUp(found.reason)
        if isinstance(found, Known):
            return found.value
        outer, self.scope = self.scope, found.scope
        try:
            value = self.value(found.expression, depth + 1)
        finally:
            self.scope = outer
        return self.descend(value, found.rest, node.dotted, depth)

    def descend(
        self, value: object, rest: tuple[str | Expression, ...], dotted: str, depth: int
    ) -> object:
        for part in rest:
            if part == "*":
                raise _GivenUp(_NOT_HERE)
            key = part if isinstance(part, str) else self.value(part, depth + 1)
            value = _member(value, key, dotted)
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
