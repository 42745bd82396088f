"""Policy statements in the forms Terraform writes them. Reads; judges and edits nothing.

A document's statements (dynamic ones too), ``jsonencode``, and JSON in a heredoc or in quotes; in
the argument itself or in a local behind it. What stands in ``file()`` or ``templatefile()`` is not
read: it is not Terraform, and cannot refer to anything. ``in_files`` names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Attribute,
    Block,
    Body,
    Document,
    ObjectExpression,
    all_attributes,
)
from .reading import Reader
from .statement import Item, Statement, Test
from .written import Written, encoded_object, file_of, not_written, written_policy

__all__ = [
    "ARGUMENTS",
    "DOCUMENT",
    "ENCODED",
    "MERGED",
    "Item",
    "Statement",
    "Test",
    "documents_of",
    "encoded_object",
    "encoded_policy",
    "in_files",
    "not_told",
    "policies",
    "policy_of",
    "statements_of",
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
MERGED: Final = (
    "source_policy_documents",
    "override_policy_documents",
    "source_json",
    "override_json",
)
"""Arguments of a document with policies that become part of it."""


def policies(resource: Resource, module: Module) -> tuple[tuple[Statement, ...], ...]:
    """Every policy that is written in this resource, in the order of the text.

    A trust policy is none of these: ``trust`` reads it.
    """
    key = ("policies", id(resource.block))
    return module.remember(key, lambda: tuple(_policies(resource, module)))


def _policies(resource: Resource, module: Module) -> Iterator[tuple[Statement, ...]]:
    if resource.kind == DOCUMENT:
        yield tuple(_in_document(resource, module))
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


def documents_of(resource: Resource, module: Module, argument: str) -> tuple[Resource, ...]:
    """The policy documents that an argument names, where it names nothing else."""
    held = resource.attribute(argument)
    names = module.references(held.value) if held is not None else ()
    named = [module.resource(address) for address in names]
    documents = tuple(one for one in named if one is not None and one.kind == DOCUMENT)
    return documents if len(documents) == len(named) else ()


def encoded_policy(resource: Resource, module: Module, argument: str) -> Written | None:
    """The policy that ``jsonencode`` makes in an argument, or in a local behind it."""
    attribute = resource.attribute(argument)
    found = written_policy(attribute, resource.document, module) if attribute else None
    return None if found is None or found.is_json else found


def _in_argument(
    body: Body, argument: str, document: Document, module: Module
) -> Iterator[tuple[Statement, ...]]:
    attribute = body.attributes.get(argument)
    written = written_policy(attribute, document, module) if attribute else None
    if written is not None:
        reader = Reader(written.document, module, written.is_json, written.elsewhere, attribute)
        yield tuple(reader.of_policy(written.policy))


def in_files(resource: Resource, module: Module) -> Iterator[tuple[Attribute, str]]:
    """Arguments whose policy stands in a file that is not read, each with that file."""
    for held in _arguments(resource, MERGED if resource.kind == DOCUMENT else ARGUMENTS):
        path = file_of(held.value, resource.document_of(held), module)
        if path is not None:
            yield held, path


def not_told(resource: Resource, module: Module) -> Iterator[tuple[Attribute, str]]:
    """Arguments whose statements are made by what nobody can work out here, each with its text."""
    for held in _arguments(resource, ARGUMENTS):
        text = not_written(held, resource.document, module)
        if text is not None:
            yield held, text


def _arguments(resource: Resource, names: tuple[str, ...]) -> list[Attribute]:
    """Its arguments of these names, in its inline policies too."""
    if not resource.type.startswith("aws_") or "lifecycle" in resource.type:
        return []
    if not any(map(resource.block.body.may_say, names)):
        return []
    body = resource.body
    held = [body, *[block.body for block in body.blocks("inline_policy")]]
    return [one.attributes[name] for one in held for name in names if name in one.attributes]


def _in_document(resource: Resource, module: Module) -> Iterator[Statement]:
    written = {id(block) for block in resource.block.body.blocks()}
    for block in resource.body.blocks():
        reader = Reader(resource.document_of(block), module)
        if block.type == "statement" and id(block) in written:
            yield reader.of_block(block)
        elif block.type == "statement":
            yield from _made(block, reader, is_one=resource.repetition is None)
        elif block.type == "dynamic" and block.labels == ("statement",):
            # As many as a value says that nobody can read here; what all of them share is read.
            for content in block.body.blocks("content"):
                yield reader.of_block(content, is_made=True, is_repeated=True)


def _made(block: Block, reader: Reader, *, is_one: bool) -> Iterator[Statement]:
    """What a dynamic block makes: one statement where all allow the same, else each of them.

    One may speak of what only that block knows.
    """
    held = next(iter(all_attributes(block.body)), None)
    scopes = reader.module.instances_of(held.value) if held and is_one else ()
    read = [replace(reader, scope=one).of_block(block, is_made=True) for one in scopes]
    different = {_about(one): replace(one, is_one_of_several=True) for one in read}
    if len(different) > 1:
        yield from different.values()
    else:
        yield reader.of_block(block, is_made=True)


def _about(one: Statement) -> tuple[object, ...]:
    """What it allows; where only its condition differs, all of them are read as one."""
    items = (one.actions, one.resources, one.not_actions, one.not_resources)
    return one.effect, *(tuple(item.text for item in each) for each in items)


def statements_of(encoded: ObjectExpression, document: Document, module: Module) -> list[Statement]:
    """The statements of one encoded policy, of whatever resource."""
    return list(Reader(module.document_of(encoded, document), module).of_policy(encoded))
