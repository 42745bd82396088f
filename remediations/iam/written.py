"""Where a policy is written out: in the argument, in a local behind it, or as text in quotes.

Follows names of one module as far as they only pass a value on. Reads no statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..frozen import dataclass
from ..terraform.module import Module
from ..terraform.nodes import (
    Attribute,
    Call,
    Document,
    Expression,
    ForExpression,
    ListExpression,
    Literal,
    ObjectExpression,
    Reference,
    String,
)
from ..terraform.source_of_value import outputs_at, readers_at
from .heredoc import policy_in, policy_in_text
from .spread import Unread, bare, behind, comes_from_outside, is_left_open, pieces
from .statement import Elsewhere

_MOST_HOPS: Final = 20
_READ_FROM_FILES: Final = ("file", "templatefile")
_TEMPLATE: Final = "data.template_file"
"""Older than ``templatefile``; its ``template`` is mostly a file too."""


@dataclass(frozen=True, slots=True)
class Written:
    """A policy that is written out, and the file of its nodes.

    ``is_json`` where it is a text that no ``jsonencode`` makes; ``elsewhere`` where its nodes do
    not stand in the resource itself.
    """

    policy: ObjectExpression
    document: Document
    is_json: bool = False
    elsewhere: Elsewhere | None = None

    def is_left_open(self, module: Module) -> bool:
        """Whether a statement of it stands where nobody can read it here."""
        entry = self.policy.entry("Statement")
        return entry is None or is_left_open(entry.value, self.document, module)


def encoded_object(value: Expression) -> ObjectExpression | None:
    """The object inside ``jsonencode({ … })``."""
    held = _encoded(value)
    return held if isinstance(held, ObjectExpression) else None


def written_policy(argument: Attribute, document: Document, module: Module) -> Written | None:
    """The policy in ``jsonencode``, or as JSON in a heredoc or in quotes; through locals too."""
    value, home = behind(argument.value, module.document_of(argument, document), module)
    encoded = _encoded(value)
    if encoded is not None:
        value, home = behind(encoded, home, module)
        if not isinstance(value, ObjectExpression):
            return None
        return Written(value, home, elsewhere=elsewhere(argument, value, module))
    found = policy_in(value, home)
    if found is not None:
        held = elsewhere(argument, value, module)
        if held is None and home is not document:
            # Its nodes are made here, so nobody else can tell that they are an override's.
            held = Elsewhere(argument)
        return Written(found, home, is_json=True, elsewhere=held)
    text = policy_in_text(value, home) if isinstance(value, String) else None
    if text is None:
        return None
    quoted = Elsewhere(argument, is_quoted=True)
    return Written(text.policy, text.document, is_json=True, elsewhere=quoted)


def not_written(argument: Attribute, document: Document, module: Module) -> str | None:
    """What an encoded policy or its list of statements is made by, where nobody can tell it here.

    What a caller passes in is his to answer for.
    """
    value, home = behind(argument.value, module.document_of(argument, document), module)
    encoded = _encoded(value)
    if encoded is None or file_of(argument.value, document, module) is not None:
        return None
    policy, home = behind(encoded, home, module)
    if isinstance(policy, ObjectExpression):
        entry = policy.entry("Statement")
        listed = pieces(entry.value, home, module) if entry else ()
        return next((_shown(one.node) for one in listed if isinstance(one, Unread)), None)
    is_other = isinstance(policy, ListExpression | Literal | String)  # no policy of IAM
    is_again = _encoded(policy, "jsonencode", "jsondecode") is not None
    return None if is_other or is_again or comes_from_outside(policy) else _shown(policy)


def _shown(node: Expression) -> str:
    """What makes a value, without what it is made from: an edit of that leaves it the same."""
    match node:
        case Call(name=name):
            return f"{name}(…)"
        case ForExpression():
            return "for"
        case Reference():
            return node.dotted
        case _:
            return "an expression"


def file_of(value: Expression, document: Document, module: Module) -> str | None:
    """The file that a policy is taken from, as it is written; None where it is taken from none."""
    pending = [(value, document)]
    for one in pending:
        value, home = behind(*one, module)
        if isinstance(value, Call) and value.name in _READ_FROM_FILES and value.arguments:
            return " ".join(home.text_of(value.arguments[0]).strip('"').split())
        if len(pending) < _MOST_HOPS:
            pending += _made_of(value, home, module)
    return None


def _made_of(
    value: Expression, document: Document, module: Module
) -> Iterator[tuple[Expression, Document]]:
    """What a list, an encoded value or a template is made of, each with its file."""
    if isinstance(value, ListExpression):
        yield from ((item, document) for item in value.items)
    inner = _encoded(value, "jsonencode", "jsondecode")
    if inner is not None:
        yield inner, document
    named = module.resource(".".join(value.names[:3])) if isinstance(value, Reference) else None
    held = named.attribute("template") if named and named.kind == _TEMPLATE else None
    if named is not None and held is not None:
        yield held.value, named.document


def _encoded(value: Expression, *names: str) -> Expression | None:
    """What is given to ``jsonencode``."""
    value = bare(value)
    if isinstance(value, Call) and value.name in (names or ("jsonencode",)):
        return value.arguments[0] if len(value.arguments) == 1 else None
    return None


def elsewhere(argument: Attribute, value: Expression, module: Module) -> Elsewhere | None:
    """Set where the value is not part of the argument."""
    if any(node is value for node in argument.value.walk()):
        return None
    readers = {resource.place: resource for resource, _ in readers_at(value, module)}
    return Elsewhere(argument, tuple(readers), outputs=outputs_at(value, module))
