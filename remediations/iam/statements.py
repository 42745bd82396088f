"""Policy statements in the forms Terraform writes them. Reads; judges and edits nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..model import Known
from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Block,
    Call,
    Expression,
    ListExpression,
    ObjectExpression,
    Parentheses,
)

DOCUMENT: Final = "data.aws_iam_policy_document"
ENCODED: Final = (
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
    "aws_iam_role",
)
# In these places "*" means "this resource" or is a ceiling, so it is never an error:
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
_OTHER_POLICIES: Final = frozenset({"assume_role_policy", "permissions_boundary"})
_IDENTITY_KINDS: Final = frozenset({*ENCODED, "data.aws_iam_policy_document"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. ``siblings`` is the list it stands in, where it is an object in a list."""

    node: Block | ObjectExpression
    siblings: ListExpression | None
    sid: str | None
    actions: Expression
    resources: Expression
    action_names: tuple[str, ...]
    resource_names: tuple[str, ...]

    @property
    def key(self) -> str:
        """What tells it from its neighbours: the Sid, else a hash of its actions."""
        if self.sid:
            return self.sid
        return hashlib.sha256("\0".join(self.action_names).encode()).hexdigest()[:12]


def statements(resource: Resource, module: Module) -> Iterator[Statement]:
    """Allow statements of an identity policy whose actions and resources can be read.

    Deny, NotAction, NotResource and statements with principals are left out, and so is every
    policy that is used as a boundary, a trust policy, or on a key, a repository or a bucket.
    """
    if resource.kind == DOCUMENT:
        if not _is_identity_policy(resource, module):
            return
        for block in resource.body.blocks("statement"):
            yield from _from_block(block, module)
    elif not _is_boundary(resource, module):
        for encoded in _encoded(resource):
            yield from _from_object(encoded, module)


def _from_block(block: Block, module: Module) -> Iterator[Statement]:
    held = block.body.attributes
    if block.body.blocks("principals") or "not_actions" in held or "not_resources" in held:
        return
    effect = module.value_of(held.get("effect"))
    if effect not in (Known(None), Known("Allow")):
        return
    actions, resources, sid = held.get("actions"), held.get("resources"), held.get("sid")
    if actions is None or resources is None:
        return
    name = module.value_of(sid)
    yield from _statement(
        block,
        None,
        name.value if isinstance(name, Known) else None,
        actions.value,
        resources.value,
        module,
    )


def _statement(
    node: Block | ObjectExpression,
    siblings: ListExpression | None,
    sid: object,
    actions: Expression,
    resources: Expression,
    module: Module,
) -> Iterator[Statement]:
    action_names, resource_names = _names(actions, module), _names(resources, module)
    if action_names is None or resource_names is None:
        return
    text = sid if isinstance(sid, str) else None
    yield Statement(node, siblings, text, actions, resources, action_names, resource_names)


def _names(expression: Expression, module: Module) -> tuple[str, ...] | None:
    value = module.evaluate(expression)
    held = value.value if isinstance(value, Known) else None
    items = held if isinstance(held, tuple) else (held,)
    return items if all(isinstance(item, str) for item in items) else None


def _encoded(resource: Resource) -> Iterator[ObjectExpression]:
    places = [resource.body, *(block.body for block in resource.body.blocks("inline_policy"))]
    for body in places:
        attribute = body.attributes.get("policy")
        if attribute is None:
            continue
        value = attribute.value
        while isinstance(value, Parentheses):
            value = value.inner
        if isinstance(value, Call) and value.name == "jsonencode" and len(value.arguments) == 1:
            policy = value.arguments[0]
            if isinstance(policy, ObjectExpression):
                yield policy


def _from_object(policy: ObjectExpression, module: Module) -> Iterator[Statement]:
    entry = policy.entry("Statement")
    if entry is None:
        return
    held = entry.value
    siblings = held if isinstance(held, ListExpression) else None
    for node in siblings.items if siblings else (held,):
        if not isinstance(node, ObjectExpression):
            continue
        names = {e.name: e.value for e in node.entries}
        if {"Principal", "NotPrincipal", "NotAction", "NotResource"} & set(names):
            continue
        if "Effect" not in names or module.evaluate(names["Effect"]) != Known("Allow"):
            continue
        if "Action" in names and "Resource" in names:
            sid = module.evaluate(names["Sid"]) if "Sid" in names else None
            text = sid.value if isinstance(sid, Known) else None
            yield from _statement(node, siblings, text, names["Action"], names["Resource"], module)


def _is_identity_policy(document: Resource, module: Module) -> bool:
    """Whether a policy document ends up where ``*`` means every resource."""
    for user, attribute in module.users_of(document.address):
        if attribute in _OTHER_POLICIES or user.kind not in _IDENTITY_KINDS:
            return False
        if user.kind == "aws_iam_policy" and _is_boundary(user, module):
            return False
    return True


def _is_boundary(policy: Resource, module: Module) -> bool:
    uses = module.users_of(policy.address)
    return any(attribute == "permissions_boundary" for _, attribute in uses)
