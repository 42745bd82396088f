"""iam-allow-not-action: a policy that allows all but what it names."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.iam.identity import identity_policies
from remediations.iam.statements import DOCUMENT, ENCODED, Statement
from remediations.model import Known, Severity, Unknown
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Block, Entry, Expression

_NOT_ACTION = ("not_actions", "NotAction")
_NOT_RESOURCE = ("not_resources", "NotResource")


class AllowNotAction(Rule):
    """In a Deny both are the usual way to write a boundary, and no finding."""

    id = "iam-allow-not-action"
    title = "Policy that allows all but what it names"
    resources = (DOCUMENT, *ENCODED)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for policy in identity_policies(resource, module):
            for number, statement in enumerate(policy):
                if statement.effect != "Allow":
                    continue
                for names, what in ((_NOT_ACTION, "actions"), (_NOT_RESOURCE, "resources")):
                    held = _held(statement, names)
                    if held is not None and module.evaluate(held.value) != Known(None):
                        yield Violation(
                            f"statement.not_{what}" if resource.kind == DOCUMENT else "policy",
                            f"This allows all {what} but those it names, and so whatever AWS adds "
                            "tomorrow: new services, new buckets, new models.",
                            Advice(f"Name the {what} that are needed in place of the others."),
                            statement.shown(held),
                            unknown=_unread(held.value, module),
                            statement=f"{statement.sid or number}.not_{what}",
                            related=statement.related(held),
                        )


def _unread(value: Expression, module: Module) -> str | None:
    """Why nobody knows whether there is a list at all; what names a resource is one."""
    held = module.evaluate_partly(value)
    named = module.references(value)
    return held.reason if isinstance(held, Unknown) and not named else None


def _held(statement: Statement, names: tuple[str, str]) -> Attribute | Entry | None:
    node = statement.node
    if isinstance(node, Block):
        return node.body.attributes.get(names[0])
    return node.entry(names[1])
