"""Which policies say what a role, user or group may do. Reads uses; judges no statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..terraform.belonging import resolve
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, Expression
from .statements import DOCUMENT, ENCODED, Statement, policies

POLICY: Final = "aws_iam_policy"

# In these places "*" means "this resource" or is a ceiling, so it is never an error:
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
_OTHER_POLICIES: Final = frozenset({"assume_role_policy", "permissions_boundary"})
_IDENTITY_KINDS: Final = frozenset(
    {*ENCODED, DOCUMENT, "aws_ssoadmin_permission_set_inline_policy"}
)
_WITH_BOUNDARY: Final = ("aws_iam_role", "aws_iam_user")
# These wait for a document or watch it; they do not make it anybody's policy.
NO_USE: Final = frozenset({"depends_on", "triggers", "triggers_replace", "keepers"})


def identity_statements(
    resource: Resource, module: Module
) -> Iterator[tuple[tuple[Statement, ...], Statement]]:
    """Allow statements of identity policies, each after all statements of its policy.

    Deny, NotAction, NotResource and statements with principals are left out, and so is every
    policy that is used as a boundary, a trust policy, or on a key, a repository or a bucket.
    """
    for policy in identity_policies(resource, module):
        for statement in policy:
            if statement.effect == "Allow" and not statement.principals and not statement.has_not:
                yield policy, statement


def identity_policies(resource: Resource, module: Module) -> Iterator[tuple[Statement, ...]]:
    """Policies that say what a role, user or group may do, with every kind of statement."""
    key = ("identity", id(resource.block))
    if module.remember(key, lambda: _is_identity_policy(resource, module)):
        yield from policies(resource, module)


def _is_identity_policy(resource: Resource, module: Module) -> bool:
    """Whether ``*`` means every resource in all places that this ends up in."""
    pending, seen = [resource], {resource.address}
    while pending:
        held = pending.pop()
        if held.kind not in (DOCUMENT, POLICY):
            continue
        if held.place in module.root.remember("boundaries", lambda: _boundaries(module.root)):
            return False
        for user, attribute in module.users_of(held.address):
            if attribute in NO_USE:
                continue
            if attribute in _OTHER_POLICIES:
                return False
            if held.kind == DOCUMENT:
                if user.kind not in _IDENTITY_KINDS:
                    return False
                if user.address not in seen:
                    seen.add(user.address)
                    pending.append(user)
    return True


def _boundaries(root: Module) -> frozenset[str]:
    """Policies that modules are given as a ceiling, by place; some only say so by a name."""
    return frozenset(
        found.place
        for module in root.family
        for value, block in _ceilings(module)
        for found in resolve(value, module, block)
    )


def _ceilings(module: Module) -> Iterator[tuple[Expression, Block]]:
    for call in module.calls:
        for attribute in call.block.body.attributes.values():
            if "boundary" in attribute.name:
                yield attribute.value, call.block
    for one in (one for kind in _WITH_BOUNDARY for one in module.of_kind(kind)):
        held = one.attribute("permissions_boundary")
        if held is not None:
            yield held.value, one.block
