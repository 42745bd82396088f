"""Rules and tokens of the grammar whose meaning their parent decides. Knows no rule's name."""

from __future__ import annotations

from lark import Token, Tree

from ..frozen import dataclass
from ..model import Span
from .nodes import Attribute, Block, Body, Entry, Expression


@dataclass(frozen=True, slots=True)
class Raw:
    """A rule or token whose meaning its parent decides."""

    kind: str
    span: Span
    children: tuple[Child, ...] = ()


Child = Expression | Attribute | Block | Body | Entry | Raw


def is_newline(child: Tree[Token] | Token) -> bool:
    """Whether it is a line end, which says nothing."""
    if isinstance(child, Token):
        return child.type == "NL_OR_COMMENT"
    return child.data == "new_line_or_comment"


def leaf(token: Token) -> Raw:
    """A token by its kind and place."""
    # The post-lexer puts a line end in front of an operator's text, not of its offsets.
    return Raw(token.type, Span(token.start_pos or 0, token.end_pos or 0))


def is_a(child: Child, kind: str) -> bool:
    """Whether it is a rule or token of that kind."""
    return isinstance(child, Raw) and child.kind == kind


def expression(child: Child) -> Expression:
    """A change of the grammar's rules has to be loud, not a wrong tree."""
    if not isinstance(child, Expression):
        raise TypeError(f"the grammar has {child} where an expression belongs")
    return child


def cover(children: tuple[Child, ...]) -> Span:
    """From the first to the last."""
    return Span(children[0].span.start, children[-1].span.end) if children else Span(0, 0)


def expressions(children: tuple[Child, ...]) -> tuple[Expression, ...]:
    """The expressions among children."""
    return tuple(child for child in children if isinstance(child, Expression))
