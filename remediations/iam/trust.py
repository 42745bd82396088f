"""Who may take on a role: the statements of its trust policy. Reads; judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..frozen import dataclass
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block
from .statement import Node
from .statements import DOCUMENT, Statement, policies, policy_of

ROLE: Final = "aws_iam_role"
ARGUMENT: Final = "assume_role_policy"
SERVICE: Final = re.compile(r"([a-z0-9-]+)(?:\.[a-z]{2}-[a-z]+-\d)?\.amazonaws\.com(?:\.cn)?")


@dataclass(frozen=True, slots=True)
class Trust:
    """One statement of a trust policy, and the block that holds it: the role, or a document."""

    statement: Statement
    holder: Resource

    @property
    def services(self) -> tuple[str, ...]:
        """The services that it lets in, by the first word of their name."""
        found = [SERVICE.fullmatch(item.text) for item in self.statement.principals]
        return tuple(dict.fromkeys(one[1] for one in found if one))

    def shown(self, role: Resource) -> Node | None:
        """What shows it in the role: itself, or the argument that leads to it."""
        if isinstance(self.statement.node, Block):
            return role.attribute(ARGUMENT)
        return self.statement.shown(self.statement.node)


def trusts(role: Resource, module: Module) -> tuple[Trust, ...]:
    """Allow statements of a role's trust policy, written out or in policy documents.

    A policy in another form has none that can be pointed at.
    """
    return module.remember(("trusts", id(role.block)), lambda: tuple(_trusts(role, module)))


def takers(roles: Iterable[Resource], module: Module) -> frozenset[str]:
    """The services that may take on any of these roles, by the first word of their name."""
    held = (one for role in roles for one in trusts(role, module))
    return frozenset(name for one in held for name in one.services)


def _trusts(role: Resource, module: Module) -> Iterator[Trust]:
    held = role.attribute(ARGUMENT)
    if held is None:
        return
    written = policy_of(role, module, ARGUMENT)
    if written is not None:
        for statement in written:
            yield from _allowing(statement, role)
        return
    for address in module.references(held.value):
        document = module.resource(address)
        if document is None or document.kind != DOCUMENT:
            continue
        for policy in policies(document, module):
            for statement in policy:
                yield from _allowing(statement, document)


def _allowing(statement: Statement, holder: Resource) -> Iterator[Trust]:
    if statement.effect == "Allow" and not statement.has_not:
        yield Trust(statement, holder)
