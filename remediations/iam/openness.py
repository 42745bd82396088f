"""Statements of resource policies that let everybody in. Reads and narrows; judges no service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..frozen import dataclass
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, Entry, ObjectExpression
from .audience import Audience, audience
from .statements import DOCUMENT, Statement, encoded_object, policies, statements_of

# Who calls, or from where: with one of these, "everybody" is somebody.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_NARROWS: Final = re.compile(
    r"aws:(Principal(OrgI[Dd]|OrgPaths|Account|Arn)|Source(Account|Arn|OrgI[Dd]|OrgPaths|Vpce?|Ip|"
    r"Owner)|VpcSourceIp|[Ss]ourceVpce|userid)|kms:(CallerAccount|ViaService)|"
    r"lambda:SourceFunctionArn",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Open:
    """A statement that lets everybody do something, or may (``unknown`` says why)."""

    node: ObjectExpression | Block | None
    principal: Entry | None
    """Where an encoded policy names everybody."""
    key: str = ""
    unknown: str | None = None


def open_statements(holder: Resource, module: Module, argument: str) -> Iterator[Open]:
    """Allow statements for everybody, without a condition on who calls or from where."""
    held = holder.attribute(argument)
    if held is None:
        return
    encoded = encoded_object(held.value)
    if encoded is not None:
        for statement in statements_of(encoded, holder.document, module):
            yield from _judged(statement)
        return
    named = [module.resource(address) for address in module.references(held.value)]
    documents = [one for one in named if one is not None and one.kind == DOCUMENT]
    if documents and len(documents) == len(named):
        for document in documents:
            for policy in policies(document, module):
                for statement in policy:
                    yield from _judged(statement)
        return
    found = audience(holder, module, argument)
    if found is Audience.EVERYBODY:
        yield Open(None, None)
    elif found is Audience.UNKNOWN:
        yield Open(None, None, unknown="the policy cannot be read here")


def _judged(statement: Statement) -> Iterator[Open]:
    names = {item.text for item in statement.principals}
    if statement.effect != "Allow" or "*" not in names or _NARROWS.search(statement.conditions):
        return
    node = statement.node
    principal = node.entry("Principal") if isinstance(node, ObjectExpression) else None
    yield Open(node, principal, statement.key)
