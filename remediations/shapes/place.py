"""Where an argument stands in a resource, or would: once for each nested block on its way.

Knows no values and no policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..buckets import dynamic
from ..frozen import dataclass
from ..terraform.module import Resource
from ..terraform.nodes import (
    Attribute,
    Block,
    Body,
    Entry,
    Expression,
    ListExpression,
    Literal,
    ObjectExpression,
)


@dataclass(frozen=True, slots=True)
class Site:
    """One place of an argument. ``missing`` are the blocks that would have to be written for it.

    ``hidden`` says why the text does not show what is there; ``statement`` tells the second block
    of a type from the first.
    """

    holder: Body | ObjectExpression
    name: str
    block: Block | Expression | None = None
    missing: tuple[str, ...] = ()
    hidden: str | None = None
    statement: str = ""

    @property
    def held(self) -> Attribute | Entry | None:
        """The argument itself, where it is written."""
        if self.missing or self.hidden:
            return None
        if isinstance(self.holder, Body):
            return self.holder.attributes.get(self.name)
        return self.holder.entry(self.name)

    @property
    def node(self) -> Attribute | Entry | Block | Expression | None:
        """What a finding points at: the argument, else the block around it."""
        return self.held or self.block


def sites(resource: Resource, path: str, *, into_dynamic: bool = False) -> Iterator[Site]:
    """Every place of a dotted path: ``root_block_device.encrypted`` in each such block."""
    *types, name = path.split(".")
    return blocks(resource, types, name, into_dynamic=into_dynamic)


def blocks(
    resource: Resource, types: Sequence[str], name: str = "", *, into_dynamic: bool = False
) -> Iterator[Site]:
    """Every place that a way through nested blocks leads to.

    What a dynamic block writes if it writes anything is such a place with ``into_dynamic``, and
    hidden without.
    """
    found = [Site(resource.body, name)]
    for type in types:
        found = [
            inner for site in found for inner in _within(site, type, into_dynamic=into_dynamic)
        ]
    return iter(found)


def _within(site: Site, type: str, *, into_dynamic: bool) -> Iterator[Site]:
    """The blocks of one type in a place; one that would have to be written where there is none."""
    if site.hidden:
        yield site
    elif site.missing:
        yield replace(site, missing=(*site.missing, type))
    elif isinstance(site.holder, Body):
        yield from _in_body(site, site.holder, type, into_dynamic=into_dynamic)
    else:
        entry = site.holder.entry(type)
        yield from _as_argument(site, entry.value, type) if entry else [_lacking(site, type)]


def _in_body(site: Site, body: Body, type: str, *, into_dynamic: bool) -> Iterator[Site]:
    found = body.blocks(type)
    for number, block in enumerate(found):
        yield replace(
            site, holder=block.body, block=block, statement=_numbered(site.statement, number)
        )
    written = dynamic(body, type)
    content = written.body.blocks("content") if written and into_dynamic else ()
    if len(content) == 1:
        key = _numbered(site.statement, len(found))
        yield replace(site, holder=content[0].body, block=written, statement=key)
    elif written is not None:
        yield replace(site, block=written, hidden=f"a dynamic block writes `{type}`")
    elif type in body.attributes:
        yield from _as_argument(site, body.attributes[type].value, type)
    elif not found:
        yield _lacking(site, type)


def _lacking(site: Site, type: str) -> Site:
    return replace(site, missing=(type,))


def _as_argument(site: Site, value: Expression, type: str) -> Iterator[Site]:
    """Newer resources also take ``type = { … }`` and ``type = [{ … }]``."""
    items = value.items if isinstance(value, ListExpression) else (value,)
    if not items or (isinstance(value, Literal) and value.value is None):
        yield replace(site, block=value, hidden=f"`{type}` is empty here")
    for number, item in enumerate(items):
        inner = replace(site, block=item, statement=_numbered(site.statement, number))
        if isinstance(item, ObjectExpression):
            yield replace(inner, holder=item)
        elif not (isinstance(item, Literal) and item.value is None):
            yield replace(inner, hidden=f"an expression writes `{type}`")


def _numbered(outer: str, number: int) -> str:
    return f"{outer}.{number}" if number or outer else ""
