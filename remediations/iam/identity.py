"""Which policies say what a role, user or group may do. Reads uses; judges no statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..terraform.module import Module, Resource
from .ceilings import is_boundary
from .handing import used_by
from .statements import DOCUMENT, ENCODED, Statement, policies

POLICY: Final = "aws_iam_policy"

# In these places "*" means "this resource" or is a ceiling, so it is never an error:
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
_OTHER_POLICIES: Final = frozenset({"assume_role_policy", "permissions_boundary"})
_IDENTITY_KINDS: Final = frozenset(
    {*ENCODED, DOCUMENT, "aws_ssoadmin_permission_set_inline_policy"}
)
# These wait for a document or watch it; they do not make it anybody's policy.
NO_USE: Final = frozenset({"depends_on", "triggers", "triggers_replace", "keepers"})


def identity_statements(
    resource: Resource, module: Module
) -> tuple[tuple[tuple[Statement, ...], Statement], ...]:
    """Allow statements of identity policies, each after all statements of its policy.

    Deny, NotAction, NotResource and statements with principals are left out, and so is every
    policy that is used as a boundary, a trust policy, or on a key, a repository or a bucket.
    """

    def found() -> tuple[tuple[tuple[Statement, ...], Statement], ...]:
        return tuple(
            (policy, one)
            for policy in identity_policies(resource, module)
            for one in policy
            if one.effect == "Allow" and not one.principals and not one.has_not
        )

    return module.remember(("identity statements", id(resource.block)), found)  # for many rules


def identity_policies(resource: Resource, module: Module) -> Iterator[tuple[Statement, ...]]:
    """Policies that say what a role, user or group may do, with every kind of statement."""
    key = ("identity", id(resource.block))
    if module.remember(key, lambda: _is_identity_policy(resource, module)):
        yield from policies(resource, module)


def _is_identity_policy(resource: Resource, module: Module) -> bool:
    """Whether ``*`` means every resource in all places that this ends up in."""
    pending, seen = [resource], {resource.place}
    while pending:
        held = pending.pop()
        if held.kind not in (DOCUMENT, POLICY):
            continue
        if is_boundary(held, module.root):
            return False
        for user, attribute in used_by(held):
            if attribute in NO_USE:
                continue
            if attribute in _OTHER_POLICIES:
                return False
            if held.kind == DOCUMENT:
                if user.kind not in _IDENTITY_KINDS:
                    return False
                if user.place not in seen:
                    seen.add(user.place)
                    pending.append(user)
    return True
