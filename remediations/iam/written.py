"""Where a policy is written out: in the argument, in a local behind it, or as text in quotes.

Follows names of one module as far as they only pass a value on. Reads no statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..frozen import dataclass
from ..terraform.belonging import narrowed
from ..terraform.evaluate import Found
from ..terraform.instances import home_of
from ..terraform.module import Module
from ..terraform.nodes import (
    Attribute,
    Call,
    Directive,
    Document,
    Expression,
    ListExpression,
    ObjectExpression,
    Parentheses,
    Reference,
    String,
)
from ..terraform.source_of_value import readers_at
from .heredoc import policy_in, policy_in_text
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


def encoded_object(value: Expression) -> ObjectExpression | None:
    """The object inside ``jsonencode({ … })``."""
    held = _encoded(value)
    return held if isinstance(held, ObjectExpression) else None


def written_policy(argument: Attribute, document: Document, module: Module) -> Written | None:
    """The policy in ``jsonencode``, or as JSON in a heredoc or in quotes; through locals too."""
    value, home = _behind(argument.value, module.document_of(argument, document), module)
    encoded = _encoded(value)
    if encoded is not None:
        value, home = _behind(encoded, home, module)
        if not isinstance(value, ObjectExpression):
            return None
        return Written(value, home, elsewhere=_elsewhere(argument, value, module))
    found = policy_in(value, home)
    if found is not None:
        elsewhere = _elsewhere(argument, value, module)
        if elsewhere is None and home is not document:
            # Its nodes are made here, so nobody else can tell that they are an override's.
            elsewhere = Elsewhere(argument)
        return Written(found, home, is_json=True, elsewhere=elsewhere)
    text = policy_in_text(value, home) if isinstance(value, String) else None
    if text is None:
        return None
    quoted = Elsewhere(argument, is_quoted=True)
    return Written(text.policy, text.document, is_json=True, elsewhere=quoted)


def file_of(value: Expression, document: Document, module: Module) -> str | None:
    """The file that a policy is taken from, as it is written; None where it is taken from none."""
    pending = [(value, document)]
    for one in pending:
        value, home = _behind(*one, module)
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
    value = _bare(value)
    if isinstance(value, Call) and value.name in (names or ("jsonencode",)):
        return value.arguments[0] if len(value.arguments) == 1 else None
    return None


def _bare(value: Expression) -> Expression:
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


def _behind(value: Expression, document: Document, module: Module) -> tuple[Expression, Document]:
    """What a local stands for, and the file of that; anything else stands for itself."""
    for _ in range(_MOST_HOPS):
        value = _bare(value)
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


def _elsewhere(argument: Attribute, value: Expression, module: Module) -> Elsewhere | None:
    """Set where the value is not part of the argument."""
    if any(node is value for node in argument.value.walk()):
        return None
    readers = {resource.place: resource for resource, _ in readers_at(value, module)}
    return Elsewhere(argument, tuple(readers))
