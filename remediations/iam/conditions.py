"""Adds one test to the condition of a statement, in the form that the statement has.

Where several tests stand in a statement, all of them have to hold: it allows less than before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..terraform.edit import InsertBlock, InsertEntry, Intent, SetValue
from ..terraform.nodes import Block, Document, ObjectExpression, String
from .statement import Statement

_OPERATOR: Final = "StringEquals"


def block(key: str, values: Sequence[str]) -> str:
    """A ``condition`` block in which the key has one of the values, as Terraform writes them."""
    return (
        "condition {\n"
        f'  test     = "{_OPERATOR}"\n'
        f'  variable = "{key}"\n'
        f"  values   = [{', '.join(values)}]\n"
        "}"
    )


def require(statement: Statement, key: str, values: Sequence[str], document: Document) -> Intent:
    """The statement holds only where the key has one of the values too."""
    node = statement.node
    if isinstance(node, Block):
        return InsertBlock(node.body, block(key, values))
    way = _Way(node, document)
    value = _listed(values)
    line = f"{{\n  {way.pair(key, value, quoted=True)}\n}}"
    whole = f"{{\n  {way.pair(_OPERATOR, _deeper(line))}\n}}"
    held = node.entry("Condition")
    if held is None or not isinstance(held.value, ObjectExpression):
        return InsertEntry(node, "Condition", whole)
    equals = held.value.entry(_OPERATOR)
    if equals is not None and isinstance(equals.value, ObjectExpression):
        if equals.value.entries:
            return InsertEntry(equals.value, key, value)
        return SetValue(equals.value, line)
    if held.value.entries:
        return InsertEntry(held.value, _OPERATOR, line)
    return SetValue(held.value, whole)


def entry(node: ObjectExpression, document: Document, key: str, values: Sequence[str]) -> str:
    """``Condition`` with this one test, as an entry of an object that is written like ``node``."""
    way = _Way(node, document)
    opening, closing = ("{\n  ", "\n}") if "\n" in document.text_of(node) else ("{ ", " }")
    test = f"{opening}{way.pair(key, _listed(values), quoted=True)}{closing}"
    whole = f"{opening}{way.pair(_OPERATOR, _deeper(test))}{closing}"
    return way.pair("Condition", whole)


def _listed(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


class _Way:
    """How an object spells its keys: bare or in quotes, before ``=`` or ``:``."""

    def __init__(self, node: ObjectExpression, document: Document) -> None:
        first = node.entries[0]
        between = document.source.text[first.key.span.end : first.value.span.start]
        self.between = between if between.strip() == ":" else " = "
        self.is_quoted = isinstance(first.key, String)

    def pair(self, key: str, value: str, *, quoted: bool = False) -> str:
        name = f'"{key}"' if quoted or self.is_quoted else key
        return f"{name}{self.between}{value}"


def _deeper(text: str) -> str:
    return text.replace("\n", "\n  ")
