"""Edits at any place of any document, for property tests and for the corpus."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from remediations.terraform.compare import verify_text
from remediations.terraform.edit import (
    AddTopLevel,
    InsertAttribute,
    InsertBlock,
    InsertElement,
    Intent,
    RemoveItem,
    SetValue,
    edits_between,
    render,
)
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Attribute, Block, Body, Document, ListExpression
from remediations.terraform.tree import parse

NAME = "lockstitch_probe"


def bodies(document: Document) -> Iterator[Body]:
    """The bodies of every block, not the file's own."""
    stack = list(document.body.blocks())
    while stack:
        block = stack.pop()
        yield block.body
        stack.extend(block.body.blocks())


def attributes(document: Document) -> list[Attribute]:
    """Every argument at any depth."""
    found = list(document.body.attributes.values())
    for body in bodies(document):
        found += body.attributes.values()
    return found


def probes(document: Document, random: Random) -> Iterator[tuple[str, Intent]]:
    """One intent of each kind that the document has a place for."""
    arguments, inner = attributes(document), list(bodies(document))
    if arguments:
        yield "replace", SetValue(random.choice(arguments).value, '"probe"')
        yield "remove", RemoveItem(random.choice(arguments))
        anything: list[Attribute | Block] = [*arguments, *document.body.blocks()]
        yield "remove", RemoveItem(random.choice(anything))
    if inner:
        body = random.choice(inner)
        after = random.choice([None, *body.attributes])
        yield "insert argument", InsertAttribute(body, NAME, "true", after)
        yield "insert block", InsertBlock(random.choice(inner), f"{NAME} {{\n  a = 1\n}}")
    lists = [
        node
        for argument in arguments
        for node in argument.value.walk()
        if isinstance(node, ListExpression) and node.items
    ]
    if lists:
        items = random.choice(lists)
        yield "insert element", InsertElement(items, random.choice(items.items), '"probe"')
    blocks: list[Block | None] = [None, *document.body.blocks()]
    yield "add resource", AddTopLevel(f'{NAME} "a" {{\n  b = 1\n}}', random.choice(blocks))


def proved(document: Document, intent: Intent, grammar: Grammar) -> tuple[str | None, bytes]:
    """What is wrong with the edit, if anything, and the bytes it gives."""
    changed = render(document, [intent], grammar)
    edits = edits_between(document.source, changed)
    after = parse(changed, grammar)
    return verify_text(document, after, edits), changed.encode()
