"""Override files merged into the blocks that they speak of, as Terraform does before it reads on.

Knows no policy. Every node keeps its own file, so that an edit goes where the text stands.
https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from typing import Final

from ..frozen import dataclass
from .files import is_override
from .nodes import Attribute, Block, Body, Document

Key = tuple[str, ...]
_MERGED: Final = frozenset({"lifecycle", "required_providers"})


@dataclass(frozen=True, slots=True)
class Merged:
    """Top-level blocks of a module with the file of each; an override stands in its block."""

    blocks: tuple[tuple[Block, Document], ...]
    places: dict[int, Document] = field(default_factory=dict, repr=False)
    """The file of every node that comes from an override, by its identity."""
    bodies: dict[int, Body] = field(default_factory=dict, repr=False)
    """The body as it is written, by the identity of a merged one."""


def merged(documents: Sequence[Document]) -> Merged:
    """All top-level blocks. An override without a block to override stays what it is."""
    later = sorted((d for d in documents if is_override(d.path)), key=lambda one: one.path)
    plain = [(b, d) for d in documents if not is_override(d.path) for b in d.body.blocks()]
    if not later:
        return Merged(tuple(plain))
    found = Merged(())
    blocks = dict(enumerate(plain))
    where: dict[Key, int] = {}
    for number, (block, _) in blocks.items():
        where.setdefault(_key(block), number)
    for document in later:
        for block in document.body.blocks():
            at = None if block.type == "locals" else where.get(_key(block))
            if at is None:
                blocks[len(blocks)] = block, document
                continue
            base, home = blocks[at]
            body = _merge(base.body, block.body)
            found.bodies[id(body)] = found.bodies.get(id(base.body), base.body)
            found.places.update(dict.fromkeys(_identities(block.body), document))
            blocks[at] = replace(base, body=body), home
    return replace(found, blocks=tuple(blocks.values()))


def _key(block: Block) -> Key:
    """What a block is called; of providers also by which alias."""
    alias = block.body.attributes.get("alias") if block.type == "provider" else None
    literal = getattr(alias.value, "literal", None) if alias else None
    return (block.type, *block.labels, *([str(literal)] if alias else []))


def _merge(base: Body, over: Body) -> Body:
    """Arguments one by one; nested blocks of a type all at once, but for two that are merged."""
    own = {block.type for block in base.blocks() if block.type in _MERGED}
    inner = {block.type: block for block in over.blocks() if block.type in own}
    types = {_type(block) for block in over.blocks()}
    kept: list[Attribute | Block] = []
    for item in base.items:
        if isinstance(item, Attribute):
            kept += [] if item.name in over.attributes else [item]
        elif item.type in inner:
            kept.append(replace(item, body=_merge(item.body, inner[item.type].body)))
        elif _type(item) not in types:
            kept.append(item)
    added = [one for one in over.items if isinstance(one, Attribute) or one.type not in inner]
    return Body(base.span, (*kept, *added))


def _type(block: Block) -> str:
    """A ``dynamic`` block makes blocks of the type that it is named after."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _identities(body: Body) -> Iterator[int]:
    yield id(body)
    for item in body.items:
        yield id(item)
        if isinstance(item, Block):
            yield from _identities(item.body)
        else:
            yield from map(id, item.value.walk())
            # Entries are no expressions, and rules speak of them too.
            for node in item.value.walk():
                yield from map(id, getattr(node, "entries", ()))
