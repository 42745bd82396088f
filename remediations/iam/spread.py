"""Where the statements of an encoded policy stand, however its list is put together.

Lists, ``concat`` and ``flatten`` of them, and what locals and conditions choose are followed to the
objects that are written out. What only the evaluator can make has values and no nodes; the rest is
named. Knows no statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..frozen import dataclass
from ..model import Known, Unknown
from ..terraform.belonging import narrowed
from ..terraform.evaluate import Found, Pointer
from ..terraform.instances import home_of
from ..terraform.module import Module
from ..terraform.nodes import (
    Call,
    Conditional,
    Directive,
    Document,
    Expression,
    ListExpression,
    Literal,
    ObjectExpression,
    Parentheses,
    Reference,
    String,
)

_MOST_HOPS: Final = 20
_MOST_STEPS: Final = 1_000
_MOST_MADE: Final = 200
"""A policy that AWS takes has no room for more."""
_PUTS_TOGETHER: Final = frozenset({"concat", "flatten", "tolist"})
_FROM_OUTSIDE: Final = frozenset({("var",), ("module",), ("each",), ("count",)})


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement: an object in ``document``, or with ``values`` what an expression makes of it.

    ``through`` is the value of the local that it stands in, where it stands in one.
    """

    node: Expression
    document: Document
    siblings: ListExpression | None = None
    values: dict[str, object] | None = None
    through: Expression | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the list whose statements nobody can tell here."""

    node: Expression
    document: Document


def pieces(value: Expression, document: Document, module: Module) -> Iterator[Piece | Unread]:
    """Everything that a ``Statement`` is made of, in order; what goes too far is unread.

    Nothing of what comes from outside: a caller answers for that.
    """
    yield from _Spread(module).over(value, document, None, 0)


def is_left_open(value: Expression, document: Document, module: Module) -> bool:
    """Whether something in a ``Statement`` cannot be read here, or is what a caller gives."""
    whole = _Spread(module, tells_outside=True)
    return any(isinstance(one, Unread) for one in whole.over(value, document, None, 0))


def behind(value: Expression, document: Document, module: Module) -> tuple[Expression, Document]:
    """What a local stands for, and the file of that; anything else stands for itself."""
    for _ in range(_MOST_HOPS):
        value = bare(value)
        if not isinstance(value, Reference) or value.parts[0] != "local":
            break
        found = module.find(value)
        if not isinstance(found, Found) or home_of(found.scope) is not module:
            break
        inner = narrowed(found.expression, found.rest)
        if inner is found.expression and found.rest:
            break
        value, document = inner, found.document
    return value, document


def bare(value: Expression) -> Expression:
    """Without parentheses, and without the quotes of ``"${value}"``."""
    while True:
        if isinstance(value, Parentheses):
            value = value.inner
        elif isinstance(value, String) and len(value.parts) == 1:
            (part,) = value.parts
            if isinstance(part, str | Directive):
                return value
            value = part
        else:
            return value


class _Spread:
    """One list. Locals may double what they are made of, so steps are counted."""

    def __init__(self, module: Module, *, tells_outside: bool = False) -> None:
        self.module = module
        self.tells_outside = tells_outside
        self.steps = 0

    def over(
        self, value: Expression, document: Document, through: Expression | None, depth: int
    ) -> Iterator[Piece | Unread]:
        """The pieces of one part; ``through`` is the value of the local that it came from."""
        self.steps += 1
        if depth > _MOST_HOPS or self.steps > _MOST_STEPS:
            # Once is enough to be told.
            yield from [Unread(value, document)] if self.steps <= _MOST_STEPS + 1 else []
            return
        inner, home = behind(value, document, self.module)
        if inner is not bare(value):
            through = inner
        parts = _parts(inner, self.module)
        if isinstance(inner, ObjectExpression):
            yield Piece(inner, home, through=through)
        elif parts is None:
            yield from self.made(inner, home)
        siblings = inner if isinstance(inner, ListExpression) else None
        for part in parts or ():
            if self.steps > _MOST_STEPS + 1:
                return
            if isinstance(part, ObjectExpression):
                yield Piece(part, home, siblings, through=through)
            else:
                yield from self.over(part, home, through, depth + 1)

    def made(self, value: Expression, document: Document) -> Iterator[Piece | Unread]:
        """What the evaluator makes of an expression."""
        held = self.module.evaluate_partly(value)
        several = held if isinstance(held, tuple) else (held,)
        is_told = all(isinstance(one, dict) and _can_be_told(one, self.module) for one in several)
        if is_told and len(several) <= _MOST_MADE:
            for one in several:
                if isinstance(one, dict):
                    yield Piece(value, document, values=one)
        elif self.tells_outside or not comes_from_outside(value):
            yield Unread(value, document)


def _parts(value: Expression, module: Module) -> tuple[Expression, ...] | None:
    """What a list is put together from; None for what is no list that is written out."""
    match value:
        case ListExpression(items=items):
            return items
        case Call(name=name, arguments=arguments, expands=False) if name in _PUTS_TOGETHER:
            return arguments
        case Conditional(test=test, then=then, otherwise=otherwise):
            known = module.evaluate(test)
            if isinstance(known, Known):
                return (then,) if known.value is True else (otherwise,)
            return then, otherwise
        case Literal(value=None):
            return ()
        case _:
            return None


def _can_be_told(value: object, module: Module) -> bool:
    """Whether what is left open in it are names of this module alone: those can be compared."""
    if isinstance(value, dict):
        return all(_can_be_told(one, module) for one in value.values())
    if isinstance(value, tuple):
        return all(_can_be_told(one, module) for one in value)
    is_name = isinstance(value, Pointer) and home_of(value.scope) is module
    return is_name or not isinstance(value, Unknown)


def comes_from_outside(value: Expression) -> bool:
    """Whether it is nothing but what a caller or another module gives."""
    return isinstance(value, Reference) and value.names[:1] in _FROM_OUTSIDE
