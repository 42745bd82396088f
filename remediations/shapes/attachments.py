"""A policy of AWS's own given to a role, user or group. Reads names; judges no statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from ..frozen import dataclass
from ..model import Known
from ..rule import Advice, Rule, Violation
from ..terraform.module import Module, Resource
from ..terraform.nodes import Expression, ListExpression, Reference, String

POLICY_DATA: Final = "data.aws_iam_policy"
ATTACHMENTS: Final = {
    "aws_iam_role_policy_attachment": "policy_arn",
    "aws_iam_user_policy_attachment": "policy_arn",
    "aws_iam_group_policy_attachment": "policy_arn",
    "aws_iam_policy_attachment": "policy_arn",
    "aws_iam_role_policy_attachments_exclusive": "policy_arns",
    "aws_iam_user_policy_attachments_exclusive": "policy_arns",
    "aws_iam_group_policy_attachments_exclusive": "policy_arns",
    "aws_iam_role": "managed_policy_arns",
    "aws_ssoadmin_managed_policy_attachment": "managed_policy_arn",
}
"""Where each kind of resource names managed policies; a boundary is a ceiling and is left out."""

# A policy of AWS's own has `aws` where others have an account, in every partition.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
_MANAGED: Final = re.compile(r"arn:[^:]+:iam::aws:policy/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")


@dataclass(frozen=True, slots=True)
class _Named:
    """A policy by name, and the item of a list that names it."""

    name: str
    node: Expression | None


class RefuseManagedPolicy(Rule):
    """One violation for each of the ``refused`` policies that a resource attaches.

    ``refused`` holds names without their path. ``message`` may hold ``{policy}``. A policy that
    is passed in cannot be read and is nothing to speak of: most are somebody's own.
    """

    resources = tuple(ATTACHMENTS)
    refused: ClassVar[frozenset[str]]
    message: ClassVar[str]
    advice: ClassVar[str]

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """One violation a policy."""
        argument = ATTACHMENTS[resource.kind]
        held = resource.attribute(argument)
        if held is None:
            return
        seen = set()
        for named in managed_policies(held.value, resource, module):
            if named.name in self.refused and named.name not in seen:
                seen.add(named.name)
                yield Violation(
                    argument,
                    self.message.format(policy=named.name),
                    self.advice_for(named.name, resource, module),
                    named.node or held,
                    statement=named.name,
                )

    def advice_for(self, policy: str, resource: Resource, module: Module) -> Advice:
        """What to do in its place."""
        return Advice(self.advice.format(policy=policy))


def managed_policies(value: Expression, resource: Resource, module: Module) -> Iterator[_Named]:
    """Names of AWS's own policies in a value, in each instance of the resource."""
    if isinstance(value, ListExpression):
        for item in value.items:
            for name in _names(item, resource, module):
                yield _Named(name, item)
        return
    for name in _names(value, resource, module):
        yield _Named(name, None)


def _names(value: Expression, resource: Resource, module: Module) -> Iterator[str]:
    for text in _texts(value, resource, module):
        found = _MANAGED.fullmatch(text)
        if found is not None:
            yield found[1]


def _texts(value: Expression, resource: Resource, module: Module) -> Iterator[str]:
    """What the value may be; a part that is only known after apply stands as one letter."""
    for known in module.each_value(value):
        if isinstance(known, Known):
            yield from _strings(known.value)
    if isinstance(value, String):
        yield "".join(part if isinstance(part, str) else "x" for part in value.parts)
    if isinstance(value, Reference) and value.parts[0] == "each" and resource.repetition:
        # A set of templates: which partition it is shows only after apply, the name does not.
        for node in resource.repetition.value.walk():
            if isinstance(node, String):
                yield "".join(part if isinstance(part, str) else "x" for part in node.parts)
    for address in module.references(value):
        named = module.resource(address)
        if named is not None and named.kind == POLICY_DATA:
            yield from _of_data(named)


def _of_data(policy: Resource) -> Iterable[str]:
    name, arn = policy.value("name"), policy.value("arn")
    if isinstance(name, Known) and isinstance(name.value, str):
        yield f"arn:aws:iam::aws:policy/{name.value}"
    if isinstance(arn, Known):
        yield from _strings(arn.value)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _strings(one)
