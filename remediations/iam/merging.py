"""Policy documents that become part of another one, where a Sid says which statement wins.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
A statement takes the place of one with its Sid; statements without a Sid are all kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, String
from .statement import Statement
from .statements import DOCUMENT, MERGED


def is_merged(resource: Resource, module: Module) -> bool:
    """Whether a document has others in it, or may be in others: those that a module makes too."""
    if resource.kind != DOCUMENT:
        return False
    if any(resource.may_hold(name) for name in MERGED):
        return True
    if any(argument in MERGED for _, argument in module.users_of(resource.address)):
        return True
    return resource.address in module.remember("given to modules", lambda: _given(module))


def _given(module: Module) -> frozenset[str]:
    return frozenset(
        address
        for call in module.calls
        for attribute in call.block.body.attributes.values()
        for address in module.references(attribute.value)
    )


def by_sid(
    before: Sequence[Statement], after: Sequence[Statement]
) -> tuple[tuple[tuple[Statement, ...], tuple[Statement, ...]], ...]:
    """The statements of two documents that stand for each other, one pair for each Sid."""
    sids = dict.fromkeys(sid_of(one) for one in (*before, *after))
    return tuple(
        (
            tuple(one for one in before if sid_of(one) == sid),
            tuple(one for one in after if sid_of(one) == sid),
        )
        for sid in sids
    )


def sid_of(statement: Statement) -> str | None:
    """The Sid; one that nobody can read here is another than all that can be read."""
    if statement.sid is None and isinstance(statement.node, Block):
        held = statement.node.body.attributes.get("sid")
        is_empty = held is None or (isinstance(held.value, String) and held.value.literal == "")
        return None if is_empty else "${sid}"
    return statement.sid
