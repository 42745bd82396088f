"""What the files of one directory say, whoever calls them: worked out once for all callers.

Knows no value and no policy. Names are followed as far as the text alone tells where they lead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Final

from ..frozen import dataclass
from ..model import Value
from .instances import Turn, has_dynamic, turns_by_expression
from .nodes import (
    Attribute,
    Block,
    Body,
    Document,
    Expression,
    Literal,
    Reference,
    String,
    all_attributes,
)
from .overrides import Merged, merged
from .resource import address_of
from .unread import UnreadBody

_INDEX: Final = re.compile(r"\[[^\]]*\]")
_RESOURCES: Final = ("resource", "data")
_NO_RESOURCES: Final = frozenset({"var", "local", "module", "each", "count", "path", "self"})
_JUDGED: Final = ("provider", "variable", "output")
"""Blocks that rules may judge like resources."""

Placed = tuple[Block, Document]


@dataclass(frozen=True, eq=False)
class Written:
    """The files of a directory. What it remembers of an expression keeps that alive with it."""

    documents: tuple[Document, ...]
    _named: dict[int, tuple[Expression, tuple[Reference, ...]]] = field(
        default_factory=dict, repr=False
    )
    _may_name: dict[int, tuple[Body, tuple[str, ...]]] = field(default_factory=dict, repr=False)
    _naming: dict[int, tuple[Block, tuple[Attribute, ...]]] = field(
        default_factory=dict, repr=False
    )
    constants: dict[int, tuple[Expression, Value]] = field(default_factory=dict, repr=False)
    """What expressions without any name are worth, as far as somebody has asked."""
    _leads: dict[int, tuple[Expression, tuple[str, ...]]] = field(default_factory=dict, repr=False)

    @cached_property
    def merged(self) -> Merged:
        """Its top-level blocks, with what override files say."""
        return merged(self.documents)

    @cached_property
    def by_type(self) -> Mapping[str, tuple[Placed, ...]]:
        """Its top-level blocks by type, each with its file."""
        found: dict[str, list[Placed]] = {}
        for pair in self.merged.blocks:
            found.setdefault(pair[0].type, []).append(pair)
        return {type: tuple(pairs) for type, pairs in found.items()}

    @cached_property
    def resources(self) -> tuple[Placed, ...]:
        """Managed and data resources, in the order of files and text."""
        return tuple(
            pair
            for pair in self.merged.blocks
            if pair[0].type in _RESOURCES and len(pair[0].labels) == 2
        )

    @cached_property
    def others(self) -> tuple[Placed, ...]:
        """Providers, variables and outputs."""
        return tuple(
            pair
            for pair in self.merged.blocks
            if pair[0].type in _JUDGED and len(pair[0].labels) == 1
        )

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The addresses of its resources, without index."""
        return frozenset(address_of(block) for block, _ in self.resources)

    @cached_property
    def locals(self) -> Mapping[str, tuple[Attribute, Document]]:
        """Its local values."""
        return {
            attribute.name: (attribute, document)
            for block, document in self.by_type.get("locals", ())
            for attribute in block.body.attributes.values()
        }

    def labelled(self, type: str) -> dict[str, Placed]:
        """The blocks of a type that has one label, by that."""
        held = self.by_type.get(type, ())
        return {block.labels[0]: (block, file) for block, file in held if len(block.labels) == 1}

    @cached_property
    def variables(self) -> Mapping[str, Placed]:
        """The variables it declares."""
        return self.labelled("variable")

    @cached_property
    def outputs(self) -> Mapping[str, Placed]:
        """The outputs it declares."""
        return self.labelled("output")

    @cached_property
    def turns(self) -> Mapping[int, tuple[Turn, ...]]:
        """What repeats each expression inside of repeated blocks, by identity."""
        held = (*self.resources, *self.by_type.get("module", ()))
        return turns_by_expression(block for block, _ in held if not block.body.is_unread)

    @cached_property
    def dynamic(self) -> tuple[Block, ...]:
        """The resources that have a ``dynamic`` block somewhere."""
        held = (block for block, _ in self.resources if not block.body.is_unread)
        return tuple(block for block in held if has_dynamic(block.body))

    def references_in(self, expression: Expression) -> tuple[Reference, ...]:
        """Every name in an expression."""
        kind = type(expression)
        if kind is Literal or (kind is String and not expression.children):
            return ()
        held = self._named.get(id(expression))
        if held is None:
            found = tuple(node for node in expression.walk() if isinstance(node, Reference))
            held = self._named[id(expression)] = expression, found
        return held[1]

    def references(self, expression: Expression) -> tuple[str, ...]:
        """Addresses of its resources that an expression names, through locals too."""
        held = self._leads.get(id(expression))
        if held is None:
            held = self._leads[id(expression)] = expression, self._followed(expression)
        return held[1]

    def _followed(self, expression: Expression) -> tuple[str, ...]:
        found: dict[str, None] = {}
        pending, seen = [expression], set[str]()
        while pending:
            for node in self.references_in(pending.pop()):
                first = node.parts[0]
                if first == "local" and node.dotted not in seen:
                    seen.add(node.dotted)
                    name = node.parts[1] if len(node.parts) > 1 else None
                    local = self.locals.get(name) if isinstance(name, str) else None
                    pending += [local[0].value] if local is not None else []
                elif first not in _NO_RESOURCES:
                    address = self._address(node.dotted)
                    if address in self.addresses:
                        found[address] = None
        return tuple(found)

    def _address(self, dotted: str) -> str:
        names = (_INDEX.sub("", dotted) if "[" in dotted else dotted).split(".")
        return ".".join(names[: 3 if names[0] == "data" else 2])

    def may_name(self, unread: UnreadBody) -> tuple[str, ...]:
        """Addresses of its resources that may be named in a body, through locals too: each once."""
        held = self._may_name.get(id(unread))
        if held is None:
            found = dict.fromkeys(self._named_by(unread.words))
            held = self._may_name[id(unread)] = unread, tuple(found)
        return held[1]

    def _named_by(self, words: frozenset[str]) -> Iterator[str]:
        for type in words & self._by_type_of_resource.keys():
            named = self._by_type_of_resource[type]
            yield from (address for name in words & named.keys() for address in named[name])
        for name in words & self.locals.keys() if "local" in words else ():
            yield from self.references(self.locals[name][0].value)

    @cached_property
    def _by_type_of_resource(self) -> Mapping[str, Mapping[str, list[str]]]:
        """Addresses by the type and the name in them."""
        found: dict[str, dict[str, list[str]]] = {}
        for block, _ in self.resources:
            type, name = block.labels
            found.setdefault(type, {}).setdefault(name, []).append(address_of(block))
        return found

    def naming(self, block: Block) -> tuple[Attribute, ...]:
        """The arguments of a block that have a name in them."""
        held = self._naming.get(id(block))
        if held is None:
            held = self._naming[id(block)] = block, self.with_names(block.body)
        return held[1]

    def with_names(self, body: Body) -> tuple[Attribute, ...]:
        """The arguments in a body, and in all blocks inside it, that have a name in them."""
        return tuple(one for one in all_attributes(body) if self.references_in(one.value))
