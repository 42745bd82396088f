"""A ``resource`` or ``data`` block and the module that it stands in. Knows no policy."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from ..frozen import dataclass
from ..model import Location, Value
from .nodes import Attribute, Block, Body, Document

if TYPE_CHECKING:
    from .module import Module


@dataclass(frozen=True, slots=True)
class Resource:
    """A ``resource`` or ``data`` block."""

    type: str
    name: str
    is_data: bool
    block: Block
    document: Document
    home: Module = field(repr=False, compare=False)
    """The module it stands in, as one caller uses it: its values are worked out there."""
    kind: str = field(repr=False, compare=False)
    """The word rules name it by: ``aws_s3_bucket`` or ``data.aws_iam_policy_document``."""
    address: str = field(repr=False, compare=False)
    """``aws_s3_bucket.training``; the index of an instance is left out."""

    @classmethod
    def of(cls, block: Block, document: Document, home: Module) -> Resource:
        """What a block is in one use of its module; a block of one label is of a kind by itself."""
        is_data, name = block.type == "data", block.labels[-1]
        type = block.labels[0] if len(block.labels) == 2 else block.type
        kind = f"data.{type}" if is_data else type
        return cls(type, name, is_data, block, document, home, kind, f"{kind}.{name}")

    @property
    def place(self) -> str:
        """The address with the calls that lead to it: ``module.lake.aws_s3_bucket.training``."""
        return self.home.path + self.address

    @property
    def body(self) -> Body:
        """What stands between its braces; settled ``dynamic`` blocks are what they make."""
        return self.home.expanded.get(id(self.block), self.block.body)

    @property
    def path(self) -> str:
        """The file it stands in."""
        return self.document.path

    @property
    def repetition(self) -> Attribute | None:
        """Its ``count`` or ``for_each``."""
        return self.body.attributes.get("count") or self.body.attributes.get("for_each")

    @property
    def header(self) -> Location:
        """The line that names it."""
        return self.document.source.location(self.block.header_span)

    def attribute(self, dotted: str) -> Attribute | None:
        """An attribute by its path, through the first nested block of each name."""
        *blocks, name = dotted.split(".")
        body = self.body
        for type in blocks:
            found = body.blocks(type)
            if not found:
                return None
            body = found[0].body
        return body.attributes.get(name)

    def value(self, dotted: str) -> Value:
        """What an attribute is worth where the resource stands; an absent one is null."""
        return self.home.value_of(self.attribute(dotted))

    def may_hold(self, name: str) -> bool:
        """Whether an argument or a nested block of that name is there, or may be written."""
        body = self.block.body
        if not body.may_say(name):
            return False
        if name in body.attributes:
            return True
        return any(name in (b.type, *b.labels[:1]) for b in body.blocks())

    def document_of(self, node: object) -> Document:
        """The file that something of it stands in: its own, or an override's."""
        return self.home.document_of(node, self.document)


def address_of(block: Block) -> str:
    """The address of a resource or data block; other blocks by type and labels."""
    words = block.labels if block.type == "resource" else (block.type, *block.labels)
    return ".".join(words)
