"""Values of expressions, as far as the text settles them. Pure and budgeted.

Never a file function, never the environment: what is not known is ``Unknown`` with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import Enum
from typing import Any, Final, Protocol

from ..frozen import dataclass
from ..model import Known, Unknown, Value
from .functions import FUNCTIONS, call_function
from .members import collected, member, members
from .nodes import (
    Call,
    Conditional,
    Directive,
    Document,
    Expression,
    ForExpression,
    Heredoc,
    ListExpression,
    Literal,
    ObjectExpression,
    Operation,
    Parentheses,
    Reference,
    String,
    Traversal,
)
from .operators import equal, operate, unified
from .partial import Fails, first_unknown, text_of, truth_of
from .shape import shaped
from .template import MAX_TEXT, render

MAX_STEPS: Final = 10_000
MAX_DEPTH: Final = 60

_TOO_LARGE: Final = "the expression is too large to work out"
_NOT_HERE: Final = Unknown("the expression is not one that is worked out here")
_ALWAYS_SET: Final = ("arn", "id")


class _GivenUp(Exception):
    """The whole of it takes more than one evaluation may."""


class Pointer(Unknown):
    """Something outside of the text that a reference names; where it stands is kept."""

    __slots__ = ("reference", "scope")

    def __init__(self, reason: str, reference: Reference, scope: Scope) -> None:
        super().__init__(reason)
        object.__setattr__(self, "reference", reference)
        object.__setattr__(self, "scope", scope)

    reference: Reference
    scope: Scope


class Scope(Protocol):
    """What names mean where an expression stands."""

    def find(self, node: Reference) -> Found | Value:
        """What a reference that begins with ``var``, ``local``, ``module`` … stands for."""

    def spend(self, steps: int) -> bool:
        """Count steps; False once the whole module tree has had its share."""


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
    type: Expression | None = None
    """The type a variable is declared with; its value is converted to that."""
    settled: list[object] = field(default_factory=list, repr=False)
    """What the expression is worth, once somebody has asked."""


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value, or why it is not known. What is known is so in every part."""
    if type(expression) is Literal:  # whatever else the module holds, this one costs nothing
        return Known(expression.value)
    value = partly(expression, scope)
    unknown = first_unknown(value)
    return Known(value) if unknown is None else Unknown(unknown.reason)


def partly(expression: Expression, scope: Scope) -> object:
    """As far as it is known: lists and objects may hold an ``Unknown``, or all of it may be one."""
    if not scope.spend(0):
        return Unknown(_TOO_LARGE)
    evaluation = _Evaluation(scope)
    try:
        return evaluation.value(expression, 0)
    except _GivenUp:
        return Unknown(_TOO_LARGE)
    finally:
        scope.spend(evaluation.steps)


class _Evaluation:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.steps = 0
        self.bound: dict[str, object] = {}
        """What the names of a ``for`` stand for."""
        self.is_trying = False

    def value(self, node: Expression, depth: int) -> object:
        self.steps += 1
        if self.steps > MAX_STEPS or depth > MAX_DEPTH:
            raise _GivenUp
        kind = type(node)
        if kind is Literal:
            return node.value  # type: ignore[attr-defined] # a Literal
        make = _MAKERS.get(kind)
        return _NOT_HERE if make is None else make(self, node, depth + 1)

    def literal(self, node: Literal, depth: int) -> object:  # noqa: ARG002 - as each maker
        return node.value

    def parentheses(self, node: Parentheses, depth: int) -> object:
        return self.value(node.inner, depth)

    def listed(self, node: ListExpression, depth: int) -> object:
        return tuple(self.value(item, depth) for item in node.items)

    def table(self, node: ObjectExpression, depth: int) -> object:
        result: dict[str, object] = {}
        for entry in node.entries:
            key = entry.name if entry.name is not None else self.piece(entry.key, depth)
            if isinstance(key, Unknown):
                return key
            result[key] = self.value(entry.value, depth)
        return result

    def template(self, node: String | Heredoc, depth: int) -> object:
        only = node.parts[0] if len(node.parts) == 1 else None
        if isinstance(only, str) and len(only) <= MAX_TEXT:
            return only
        if isinstance(only, Expression) and not isinstance(only, Directive):
            return self.value(only, depth)  # nothing but one value: it keeps its type
        return render(node.parts, lambda part, names: self.within(part, names, depth))

    def within(self, node: Expression, names: dict[str, object], depth: int) -> object:
        """A value where more names are bound."""
        outer, self.bound = self.bound, {**self.bound, **names}
        try:
            return self.value(node, depth)
        finally:
            self.bound = outer

    def piece(self, node: Expression, depth: int) -> str | Unknown:
        return text_of(self.value(node, depth))

    def conditional(self, node: Conditional, depth: int) -> object:
        test = truth_of(self.value(node.test, depth))
        if isinstance(test, Fails):
            return test
        then, otherwise = (self.value(branch, depth) for branch in (node.then, node.otherwise))
        if isinstance(test, Unknown):
            is_settled = first_unknown((then, otherwise)) is None and equal(then, otherwise)
            return then if is_settled else test
        return unified(then, otherwise) if test else unified(otherwise, then)

    def operation(self, node: Operation, depth: int) -> object:
        values = [self.value(one, depth) for one in node.operands]
        if node.operator in ("==", "!=") and any(value is None for value in values):
            pairs = zip(node.operands, values, strict=True)
            if any(isinstance(value, Unknown) and self.is_set(one) for one, value in pairs):
                return node.operator == "!="
        return operate(node.operator, values)

    def is_set(self, node: Expression) -> bool:
        """Whether it names what is never null, or is an error: then nothing is applied at all.

        ``try`` and ``can`` would go on behind an error, so nothing is said inside of them.
        """
        scope, bound = self.scope, self.bound
        for _ in range(MAX_DEPTH):
            while isinstance(node, Parentheses):
                node = node.inner
            if self.is_trying or not isinstance(node, Reference) or node.parts[0] in bound:
                return False
            found = scope.find(node)
            if not isinstance(found, Found):
                return is_never_null(node.parts)
            if found.rest:
                return False
            node, scope, bound = found.expression, found.scope, {}
        return False

    def call(self, node: Call, depth: int) -> object:
        if node.name in ("try", "can"):
            return self.attempt(node, depth)
        if node.name not in FUNCTIONS:
            return Unknown(f"`{node.name}()` is not worked out here")
        values = [self.value(argument, depth) for argument in node.arguments]
        if node.expands and values:
            last = values.pop()
            if not isinstance(last, tuple):
                return last if isinstance(last, Unknown) else _NOT_HERE
            values += last
        self.steps += len(values)
        return call_function(node.name, values)

    def attempt(self, node: Call, depth: int) -> object:
        """``try`` goes on only where Terraform is sure to refuse; ``can`` says whether it would."""
        value: object = Fails("every attempt of `try()` fails")
        outer, self.is_trying = self.is_trying, True
        for argument in node.arguments:
            value = self.value(argument, depth)
            if not isinstance(value, Fails):
                break
        self.is_trying = outer
        if node.name == "try":
            return value
        unknown = first_unknown(value)
        return True if unknown is None else _could(unknown)

    def reference(self, node: Reference, depth: int) -> object:
        first = node.parts[0]
        if isinstance(first, str) and first in self.bound:
            return self.descend(self.bound[first], node.parts[1:], node.dotted, depth)
        found = self.scope.find(node)
        if isinstance(found, Unknown):
            return Pointer(found.reason, node, self.scope)
        if isinstance(found, Known):
            return found.value
        if not found.settled:
            found.settled.append(self.settle(found, depth))
        return self.descend(found.settled[0], found.rest, node.dotted, depth)

    def settle(self, found: Found, depth: int) -> object:
        # An error in what a name stands for is one of the whole plan: no `try` catches it there.
        outer = self.scope, self.bound, self.is_trying
        self.scope, self.bound, self.is_trying = found.scope, {}, False
        try:
            value = self.value(found.expression, depth)
        finally:
            self.scope, self.bound, self.is_trying = outer
        return value if found.type is None else shaped(value, found.type)

    def traversal(self, node: Traversal, depth: int) -> object:
        return self.descend(self.value(node.base, depth), node.parts, "the value", depth)

    def descend(
        self, value: object, rest: tuple[str | Expression, ...], dotted: str, depth: int
    ) -> object:
        for number, part in enumerate(rest):
            if isinstance(value, Unknown):
                return value
            if part == "*":
                after = rest[number + 1 :]
                if ".*" in dotted and not all(isinstance(one, str) for one in after):
                    return _NOT_HERE  # what stands behind an old splat's index is another thing
                items = members(value)
                self.steps += len(items)
                return tuple(self.descend(one, after, dotted, depth) for one in items)
            key = part if isinstance(part, str) else self.value(part, depth)
            value = member(value, key, dotted)
        return value

    def loop(self, node: ForExpression, depth: int) -> object:
        collection = self.value(node.collection, depth)
        if isinstance(collection, Unknown):
            return collection
        if isinstance(collection, dict):
            pairs: list[tuple[object, object]] = sorted(collection.items())
        elif isinstance(collection, tuple):
            pairs = list(enumerate(collection))
        else:
            return Fails("`for` goes over something that is no collection")
        made: list[tuple[object, object]] = []
        for key, value in pairs:
            names = dict(zip(node.names[::-1], (value, key), strict=False))
            keeps = self.keeps(node, names, depth)
            if isinstance(keeps, Unknown):
                return keeps
            if keeps:
                name = self.within(node.key, names, depth) if node.key else None
                made.append((name, self.within(node.value, names, depth)))
        return collected(node, made)

    def keeps(self, node: ForExpression, names: dict[str, object], depth: int) -> bool | Unknown:
        if node.condition is None:
            return True
        return truth_of(self.within(node.condition, names, depth))


def is_never_null(parts: tuple[str | Expression, ...]) -> bool:
    """Whether a reference ends in what AWS's provider always sets: an ARN, an id, a list's member.

    An ARN or an id is computed, or else required; a provider's list of what AWS has holds no gaps.
    """
    is_data = parts[0] == "data"
    kind, *path = parts[1:] if is_data and len(parts) > 1 else parts
    if not isinstance(kind, str) or not kind.startswith("aws_") or "*" in path:
        return False
    if len(path) == 2:
        return path[1] in _ALWAYS_SET
    return is_data and len(path) == 3 and not isinstance(path[2], str)


def _could(unknown: Unknown) -> object:
    return False if isinstance(unknown, Fails) else Unknown(unknown.reason)


_MAKERS: Final[Mapping[type[Expression], Callable[[_Evaluation, Any, int], object]]] = {
    Literal: _Evaluation.literal,
    Parentheses: _Evaluation.parentheses,
    ListExpression: _Evaluation.listed,
    ObjectExpression: _Evaluation.table,
    String: _Evaluation.template,
    Heredoc: _Evaluation.template,
    Conditional: _Evaluation.conditional,
    Operation: _Evaluation.operation,
    Call: _Evaluation.call,
    Reference: _Evaluation.reference,
    Traversal: _Evaluation.traversal,
    ForExpression: _Evaluation.loop,
}
