"""What can be asked of the editor: *set this value*, *insert this block after that one*.

Names places in a document; knows nothing of columns and newlines.
"""

from __future__ import annotations

from ..frozen import dataclass
from .nodes import Attribute, Block, Body, Expression, ListExpression, ObjectExpression


@dataclass(frozen=True, slots=True)
class SetValue:
    """Write another value in place of this one; later lines of ``text`` bring their indentation."""

    value: Expression
    text: str


@dataclass(frozen=True, slots=True)
class InsertAttribute:
    """Add ``name = text`` after the attribute ``after``, or where the body's arguments end."""

    body: Body
    name: str
    text: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class InsertBlock:
    """Add a nested block at the end of a body. ``text`` starts in column one."""

    body: Body
    text: str


@dataclass(frozen=True, slots=True)
class InsertAfter:
    """Add a sibling block after a nested block. ``text`` starts in column one."""

    block: Block
    text: str


@dataclass(frozen=True, slots=True)
class AddTopLevel:
    """Add a top-level block after ``after``, or at the end of the file."""

    text: str
    after: Block | None = None


@dataclass(frozen=True, slots=True)
class InsertElement:
    """Add an element to a list after one that is there. ``text`` starts in column one."""

    items: ListExpression
    after: Expression
    text: str


@dataclass(frozen=True, slots=True)
class InsertEntry:
    """Add ``name = text`` at the end of an object that has entries.

    ``text`` starts in column one. In an object on one line it is put on one line too, so where it
    goes over several lines each of its own objects holds one entry.
    """

    within: ObjectExpression
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class RemoveItem:
    """Take an attribute or a block away, with its line."""

    item: Attribute | Block


@dataclass(frozen=True, slots=True)
class Noted:
    """An intent of another process. ``mark`` tells it from others; nobody can write it."""

    mark: str


Intent = (
    SetValue
    | InsertAttribute
    | InsertBlock
    | InsertAfter
    | AddTopLevel
    | InsertElement
    | InsertEntry
    | RemoveItem
    | Noted
)
