"""A resource policy that must not let everybody in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ..iam.openness import Open, open_statements
from ..lookups import look_up
from ..rule import Advice, Offer, Repair, Rule, Targeted, Violation
from ..terraform.edit import SetValue
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, ObjectExpression

_ACCOUNT = '{{ AWS = "arn:${{{partition}}}:iam::${{{account}}}:root" }}'


class RequireNamedPrincipals(Rule):
    """One violation for each statement that lets everybody in without a condition on who calls.

    The edit puts the account in place of everybody: its own principals keep what their policies
    allow them. It is made in ``jsonencode`` only; elsewhere the rule advises.
    """

    argument: ClassVar[str] = "policy"
    message: ClassVar[str]
    offer: ClassVar[Offer]
    advice: ClassVar[str] = "Name the accounts or roles that need it in place of everybody."

    def applies(self, resource: Resource, module: Module) -> bool:  # noqa: ARG002
        """False where the rule has nothing to say about a resource."""
        return True

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """One violation a statement."""
        if not self.applies(resource, module):
            return
        for found in open_statements(resource, module, self.argument):
            held = resource.attribute(self.argument)
            if found.unknown is not None:
                message = f"`{self.argument}` decides who is let in."
                advice = Advice("Make sure that it lets in only whom you know.")
                yield Violation(self.argument, message, advice, held, unknown=found.unknown)
                continue
            inside = isinstance(found.node, ObjectExpression)
            node = found.principal if inside else held
            repair = self._repair(found, resource, module)
            yield Violation(self.argument, self.message, repair, node, statement=found.key)

    def _repair(self, found: Open, resource: Resource, module: Module) -> Repair | Advice:
        if found.principal is None or isinstance(found.node, Block):
            return Advice(self.advice)
        lookups = look_up(module, "account", "partition")
        value = SetValue(found.principal.value, _ACCOUNT.format(**lookups.names))
        return self.offer.repair(Targeted(resource.path, value), *lookups.written(resource.path))
