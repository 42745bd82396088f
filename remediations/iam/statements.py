"""Policy statements in the forms Terraform writes them. Reads; judges and edits nothing.

A document's statements (dynamic ones too), ``jsonencode``, and JSON in a heredoc. What stands in
``file()`` or ``templatefile()`` is not read: it is not Terraform, and cannot refer to anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Body,
    Call,
    Document,
    Expression,
    ObjectExpression,
    Parentheses,
)
from .heredoc import policy_in
from .reading import Reader
from .statement import Item, Statement, Test, Written

__all__ = [
    "ARGUMENTS",
    "DOCUMENT",
    "ENCODED",
    "Item",
    "Statement",
    "Test",
    "Written",
    "encoded_object",
    "policies",
    "policy_of",
    "statements_of",
    "why_unread",
    "written_policy",
]

DOCUMENT: Final = "data.aws_iam_policy_document"
ENCODED: Final = (
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
    "aws_iam_role",
)
ARGUMENTS: Final = ("policy", "inline_policy", "assume_role_policy", "access_policies")
"""Arguments that hold a policy of their own, of whatever resource."""


def policies(resource: Resource, module: Module) -> tuple[tuple[Statement, ...], ...]:
    """Every policy that is written in this resource, in the order of the text.

    A trust policy is none of these: ``trust`` reads it.
    """
    key = ("policies", id(resource.block))
    return module.remember(key, lambda: tuple(_policies(resource, module)))


def _policies(resource: Resource, module: Module) -> Iterator[tuple[Statement, ...]]:
    if resource.kind == DOCUMENT:
        reader = Reader(resource.document, module)
        yield tuple(_in_document(resource.body, reader))
        return
    places = [resource.body, *(block.body for block in resource.body.blocks("inline_policy"))]
    for body in places:
        yield from _in_argument(body, "policy", resource.document, module)
    yield from _in_argument(resource.body, "inline_policy", resource.document, module)


def policy_of(resource: Resource, module: Module, argument: str) -> tuple[Statement, ...] | None:
    """The statements of one argument; None where no policy is written in it."""

    def read() -> tuple[Statement, ...] | None:
        return next(_in_argument(resource.body, argument, resource.document, module), None)

    return module.remember(("policy of", id(resource.block), argument), read)


def _in_argument(
    body: Body, argument: str, document: Document, module: Module
) -> Iterator[tuple[Statement, ...]]:
    attribute = body.attributes.get(argument)
    written = written_policy(attribute.value, document) if attribute else None
    if written is not None:
        yield tuple(Reader(document, module, written.is_json).of_policy(written.policy))


def _in_document(body: Body, reader: Reader) -> Iterator[Statement]:
    for block in body.blocks():
        if block.type == "statement":
            yield reader.of_block(block)
        elif block.type == "dynamic" and block.labels == ("statement",):
            # As many as a value says that nobody can read here; what all of them share is read.
            for content in block.body.blocks("content"):
                yield reader.of_block(content, is_repeated=True)


def encoded_object(value: Expression) -> ObjectExpression | None:
    """The object inside ``jsonencode({ … })``."""
    while isinstance(value, Parentheses):
        value = value.inner
    if isinstance(value, Call) and value.name == "jsonencode" and len(value.arguments) == 1:
        held = value.arguments[0]
        return held if isinstance(held, ObjectExpression) else None
    return None


def written_policy(value: Expression, document: Document) -> Written | None:
    """The policy that a value holds in ``jsonencode`` or as JSON in a heredoc."""
    encoded = encoded_object(value)
    if encoded is not None:
        return Written(encoded)
    found = policy_in(value, document)
    return None if found is None else Written(found, is_json=True)


def why_unread(value: Expression) -> str | None:
    """Why a policy in another file is not read; None where it stands in none."""
    while isinstance(value, Parentheses):
        value = value.inner
    if isinstance(value, Call) and value.name in ("file", "templatefile"):
        return f"the policy stands in a file of its own, which `{value.name}` reads"
    return None


def statements_of(encoded: ObjectExpression, document: Document, module: Module) -> list[Statement]:
    """The statements of one encoded policy, of whatever resource."""
    return list(Reader(document, module).of_policy(encoded))
