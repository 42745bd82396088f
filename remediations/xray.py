"""What a role needs before a service may trace with it. Knows X-Ray, no rule."""

from __future__ import annotations

import re
from typing import Final

from .house_style import label
from .lookups import free_name
from .rule import Targeted
from .terraform.edit import AddTopLevel, InsertAttribute, InsertElement
from .terraform.module import Module, Resource
from .terraform.nodes import ListExpression

_ROLE: Final = "aws_iam_role"
_ATTACHMENT: Final = "aws_iam_role_policy_attachment"
_GRANTS: Final = re.compile(r"xray:(Put|\*)|AWSX[Rr]ay(Daemon)?Write|AWSX[Rr]ayFull|AWSLambdaFull")
# Lambda refuses active tracing with a role that may not send traces, so the function waits:
# https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
_TEXT: Final = """\
resource "{kind}" "{name}" {{
  role       = {role}.name
  policy_arn = "arn:{partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"
}}"""


def let_trace(
    module: Module, user: Resource, argument: str
) -> tuple[tuple[Targeted, ...], tuple[str, ...]]:
    """What lets the role of ``user`` send traces, and the addresses that are touched.

    Nothing where it may already, or where its role is not a single one of this module.
    """
    held = user.attribute(argument)
    named = module.references(held.value) if held else ()
    roles = [one for one in map(module.resource, named) if one is not None and one.kind == _ROLE]
    if len(roles) != 1 or roles[0].repetition is not None or may_trace(module, roles[0]):
        return (), ()
    (role,) = roles
    name = free_name(module, _ATTACHMENT, label(module, role.name, "xray"))
    text = _TEXT.format(
        kind=_ATTACHMENT, name=name, role=role.address, partition=_partition(module)
    )
    attach = Targeted(role.path, AddTopLevel(text, role.block))
    return (attach, *_after(user, f"{_ATTACHMENT}.{name}")), (role.address,)


def may_trace(module: Module, role: Resource) -> bool:
    """Whether something that belongs to the role speaks of sending traces."""
    seen, waiting = {role.address}, [role]
    while waiting:
        one = waiting.pop()
        if _GRANTS.search(one.document.text_of(one.block)):
            return True
        near = [user for user, _ in module.users_of(one.address) if _is_about_policies(user)]
        near += [n for n in map(module.resource, _named(module, one)) if n is not None]
        fresh = [n for n in near if n.address not in seen and _is_about_policies(n)]
        seen |= {n.address for n in fresh}
        waiting += fresh
    return False


def _is_about_policies(resource: Resource) -> bool:
    return "iam" in resource.type and "policy" in resource.type


def _named(module: Module, resource: Resource) -> tuple[str, ...]:
    if resource.kind == _ROLE:
        return ()
    values = (attribute.value for attribute in resource.body.attributes.values())
    return tuple(address for value in values for address in module.references(value))


def _partition(module: Module) -> str:
    for one in module.of_kind("data.aws_partition"):
        if one.repetition is None:
            return f"${{{one.address}.partition}}"
    return "aws"


def _after(user: Resource, address: str) -> tuple[Targeted, ...]:
    """Apply the user only once the role may trace."""
    held = user.body.attributes.get("depends_on")
    if held is None:
        return (Targeted(user.path, InsertAttribute(user.body, "depends_on", f"[{address}]")),)
    listed = held.value
    if not isinstance(listed, ListExpression) or not listed.items:
        return ()
    return (Targeted(user.path, InsertElement(listed, listed.items[-1], address)),)
