"""The nodes of a Terraform file, each with its span. Knows no grammar and no policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, Final

from ..frozen import dataclass
from ..model import Span
from ..source import SourceFile


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything that has a value."""

    span: Span

    @property
    def children(self) -> tuple[Expression, ...]:
        """The expressions it is made of, in the order of the text."""
        below = _BELOW.get(type(self))
        return below(self) if below else ()

    def walk(self) -> Iterator[Expression]:
        """Itself and everything below, without recursion."""
        stack: list[Expression] = [self]
        while stack:
            node = stack.pop()
            yield node
            below = _BELOW.get(type(node))
            if below:
                stack.extend(below(node)[::-1])


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A number, a boolean or null."""

    value: int | float | bool | None


@dataclass(frozen=True, slots=True)
class String(Expression):
    """A quoted string; text parts are unescaped."""

    parts: tuple[str | Expression, ...]

    @property
    def literal(self) -> str | None:
        """The whole text where nothing is interpolated."""
        return None if self.children else "".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Heredoc(Expression):
    """A heredoc. ``body`` is its text as written, ``parts`` what Terraform makes of it."""

    body: Span
    marker: str
    is_indented: bool
    parts: tuple[str | Expression, ...]

    @property
    def literal(self) -> str | None:
        """The whole text where nothing is interpolated."""
        return None if self.children else "".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class ListExpression(Expression):
    """``[a, b]``"""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """``key = value`` in an object."""

    key: Expression
    value: Expression
    span: Span

    @property
    def name(self) -> str | None:
        """The key where it is a bare word or a plain string."""
        if isinstance(self.key, String):
            return self.key.literal
        if isinstance(self.key, Reference) and len(self.key.parts) == 1:
            return self.key.dotted
        return None


@dataclass(frozen=True, slots=True)
class ObjectExpression(Expression):
    """``{ key = value }``"""

    entries: tuple[Entry, ...]

    def entry(self, name: str) -> Entry | None:
        """The first entry of that name."""
        return next((entry for entry in self.entries if entry.name == name), None)


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """``name(arguments)``; ``expands`` where the last one ends in ``...``."""

    name: str
    arguments: tuple[Expression, ...]
    expands: bool = False


@dataclass(frozen=True, slots=True)
class Reference(Expression):
    """A traversal such as ``aws_s3_bucket.training[0].arn``; a splat is the part ``*``."""

    parts: tuple[str | Expression, ...]
    dotted: str
    """The text without blanks."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names along the way, without indices and splats."""
        return tuple(part for part in self.parts if isinstance(part, str) and part != "*")


@dataclass(frozen=True, slots=True)
class Parentheses(Expression):
    """``(inner)``"""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    """``test ? then : otherwise``"""

    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Operation(Expression):
    """One or two operands and an operator."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ForExpression(Expression):
    """``[for k, v in collection : value if condition]``, or with ``key =>`` an object.

    ``names`` are the one or two names it binds; ``groups`` where the value ends in ``...``.
    """

    names: tuple[str, ...]
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    groups: bool = False


@dataclass(frozen=True, slots=True)
class Traversal(Expression):
    """Steps into something that is no name: ``merge(a, b).c``, ``[1, 2][0]``; a splat is ``*``."""

    base: Expression
    parts: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Directive(Expression):
    """``%{ if test }``, ``%{ for k, v in collection }``, ``%{ else }`` … in a template.

    ``keyword`` is the first word; ``trims`` says on which sides a ``~`` takes blanks away.
    """

    keyword: str
    names: tuple[str, ...] = ()
    expression: Expression | None = None
    trims: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class Other(Expression):
    """Valid, but nothing more is known of it (an interpolation that trims its neighbours)."""

    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """``name = value``"""

    name: str
    name_span: Span
    value: Expression
    span: Span


@dataclass(frozen=True)
class Body:
    """What stands between braces, or the whole file."""

    span: Span
    items: tuple[Attribute | Block, ...]

    @property
    def is_unread(self) -> bool:
        """Whether nobody has asked yet what stands in it: then it makes nothing several times."""
        return False

    def may_say(self, *words: str) -> bool:  # noqa: ARG002 - an unread one looks for them
        """False where it is unread and one of these words stands nowhere in its text."""
        return True

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        """Attributes by name."""
        return {item.name: item for item in self.items if isinstance(item, Attribute)}

    def blocks(self, type: str | None = None) -> tuple[Block, ...]:
        """Nested blocks, of one type where that is given."""
        return self._blocks if type is None else self._by_type.get(type, ())

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        return tuple(item for item in self.items if isinstance(item, Block))

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Block, ...]]:
        found: dict[str, list[Block]] = {}
        for block in self._blocks:
            found.setdefault(block.type, []).append(block)
        return {type: tuple(blocks) for type, blocks in found.items()}


@dataclass(frozen=True, slots=True)
class Block:
    """``type "label" { body }``; the header ends before the opening brace.

    ``is_one_line`` where no line ends beside the braces: it holds at most one argument, whose value
    may have several lines.
    """

    type: str
    labels: tuple[str, ...]
    span: Span
    header_span: Span
    body: Body
    is_one_line: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file."""

    source: SourceFile
    body: Body
    comments: tuple[Span, ...] = field(repr=False)

    @property
    def path(self) -> str:
        """Where the file stands in its repository."""
        return self.source.path

    def text_of(self, node: Expression | Attribute | Block | Entry) -> str:
        """The node as it is written."""
        return self.source.slice(node.span)


def all_attributes(body: Body) -> Iterator[Attribute]:
    """The attributes of a body and of every block inside it."""
    bodies = [body]
    while bodies:
        current = bodies.pop()
        yield from current.attributes.values()
        bodies.extend(block.body for block in current.blocks())


def _among(parts: tuple[str | Expression, ...]) -> tuple[Expression, ...]:
    return tuple([part for part in parts if not isinstance(part, str)])


def _in_loop(node: ForExpression) -> tuple[Expression, ...]:
    held = (node.collection, node.key, node.value, node.condition)
    return tuple(one for one in held if one is not None)


# What stands in a node of each kind; a literal holds nothing. Trees are walked all the time.
_BELOW: Final[Mapping[type[Expression], Callable[[Any], tuple[Expression, ...]]]] = {
    String: lambda node: _among(node.parts),
    Heredoc: lambda node: _among(node.parts),
    ListExpression: lambda node: node.items,
    ObjectExpression: lambda node: tuple(
        one for entry in node.entries for one in (entry.key, entry.value)
    ),
    Call: lambda node: node.arguments,
    Reference: lambda node: _among(node.parts),
    Parentheses: lambda node: (node.inner,),
    Conditional: lambda node: (node.test, node.then, node.otherwise),
    Operation: lambda node: node.operands,
    ForExpression: _in_loop,
    Traversal: lambda node: (node.base, *_among(node.parts)),
    Directive: lambda node: () if node.expression is None else (node.expression,),
    Other: lambda node: node.parts,
}
