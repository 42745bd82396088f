"""Statements of resource policies that let everybody in. Reads and narrows; judges no service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..frozen import dataclass
from ..terraform.module import Module, Resource
from ..terraform.nodes import Entry, ObjectExpression
from .audience import Audience, audience
from .statements import Statement, documents_of, encoded_policy, policies, policy_of
from .written import not_written

# Who calls, or from where: with one of these, "everybody" is somebody.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
# Through an access point of one account, its policy says who:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
_NARROWS: Final = re.compile(
    r"aws:(Principal(OrgI[Dd]|OrgPaths|Account|Arn)|Source(Account|Arn|OrgI[Dd]|OrgPaths|Vpce?|Ip|"
    r"Owner)|VpcSourceIp|[Ss]ourceVpce|userid)|kms:(CallerAccount|ViaService)|"
    r"lambda:SourceFunctionArn|s3:DataAccessPoint(Account|Arn)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Open:
    """A statement that lets everybody do something, or may (``unknown`` says why)."""

    statement: Statement | None
    """None where it has no nodes, as in a heredoc."""
    unknown: str | None = None

    @property
    def principal(self) -> Entry | None:
        """Where an encoded policy names everybody."""
        node = self.statement.node if self.statement else None
        return node.entry("Principal") if isinstance(node, ObjectExpression) else None


def open_statements(holder: Resource, module: Module, argument: str) -> Iterator[Open]:
    """Allow statements for everybody, without a condition on who calls or from where."""
    held = holder.attribute(argument)
    if held is None:
        return
    if encoded_policy(holder, module, argument) is not None:
        for statement in policy_of(holder, module, argument) or ():
            yield from _judged(statement)
        if not_written(held, holder.document, module) is not None:
            yield Open(None, unknown="a part of the policy cannot be read here")
        return
    documents = documents_of(holder, module, argument)
    if documents:
        for document in documents:
            for policy in policies(document, module):
                for statement in policy:
                    yield from _judged(statement)
        return
    found = audience(holder, module, argument)
    # A text is edited as a whole, so that one of its statements stands for all.
    written = policy_of(holder, module, argument)
    if found is Audience.EVERYBODY and (written is None or any(map(_is_open, written))):
        yield Open(None)
    elif found is Audience.UNKNOWN:
        yield Open(None, unknown="the policy cannot be read here")


def _judged(statement: Statement) -> Iterator[Open]:
    if _is_open(statement):
        yield Open(statement)


def _is_open(statement: Statement) -> bool:
    names = {item.text for item in statement.principals}
    is_allowed = statement.effect == "Allow" and "*" in names
    return is_allowed and not _NARROWS.search(statement.conditions)
