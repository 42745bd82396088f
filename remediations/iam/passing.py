"""To which services a statement is meant to hand roles. Reads; judges nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..frozen import dataclass
from ..terraform.module import Module, Resource
from .permissions import covers
from .statement import Item, Statement
from .statements import policy_of
from .trust import ARGUMENT, trusts

ACTION: Final = "iam:PassRole"
KEY: Final = "iam:PassedToService"
# The ARN of what the role is handed to says the service too.
_SAYS_WHERE: Final = frozenset({KEY.lower(), "iam:associatedresourcearn"})
_EXPLICIT: Final = re.compile(r"iam:pass[a-z*?]*", re.IGNORECASE)
_ROLE: Final = re.compile(r"\$\{(aws_iam_role\.[\w-]+)(\[[^\]]*\])?\.arn\}")
_MERGED: Final = ("source_policy_documents", "override_policy_documents")
_PRINCIPAL: Final = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")


@dataclass(frozen=True, slots=True)
class Receivers:
    """Services that the named roles let in, and the addresses of those roles."""

    services: tuple[str, ...]
    roles: tuple[str, ...]


def is_passing(item: Item) -> bool:
    """Whether an action means PassRole and says so: ``iam:*`` does not."""
    return bool(_EXPLICIT.fullmatch(item.text)) and covers(item.text, ACTION)


def is_bound(statement: Statement) -> bool | None:
    """Whether a condition says to which service; None where its condition cannot be read."""
    if statement.tests is None:
        return True if KEY.lower() in statement.conditions.lower() else None
    return any(
        test.key in _SAYS_WHERE and "not" not in test.operator and "*" not in test.values
        for test in statement.tests
    )


def receivers(statement: Statement, module: Module) -> Receivers | str:
    """The services, or in words why nobody can tell them from this module."""
    services: dict[str, None] = {}
    roles: dict[str, None] = {}
    for item in statement.resources:
        found = _ROLE.fullmatch(item.text)
        role = module.resource(found[1]) if found else None
        if role is None:
            return f"`{item.text}` names no role of this module"
        roles[role.address] = None
        lets_in = tuple(_lets_in(role, module))
        if not lets_in or None in lets_in:
            return f"the trust policy of `{role.address}` does not say it here"
        services.update((one, None) for one in lets_in if one)
    if not services:
        return "its resources cannot be read"
    return Receivers(tuple(services), tuple(roles))


def _lets_in(role: Resource, module: Module) -> Iterator[str | None]:
    """The services of a role's trust policy; None for one that cannot be read."""
    named = tuple(trusts(role, module))
    if any(one.holder.may_hold(name) for one in named for name in _MERGED):
        yield None
    for statement in policy_of(role, module, ARGUMENT) or [one.statement for one in named]:
        if statement.effect != "Allow":
            continue
        if statement.has_not or statement.is_repeated:
            yield None
        for kind, item in zip(statement.principal_kinds, statement.principals, strict=True):
            if kind == "Service":
                yield item.text if _PRINCIPAL.fullmatch(item.text) else None
            elif kind not in ("AWS", "Federated", "CanonicalUser", "*"):
                yield None
