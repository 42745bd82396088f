"""iam-full-admin: a policy that allows every action on everything."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.iam.identity import identity_statements
from remediations.iam.statements import DOCUMENT, ENCODED
from remediations.model import Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource

_EVERY_ACTION = ("*", "*:*")


class FullAdmin(Rule):
    """Every action on one bucket is another matter: only ``*`` on ``*`` counts."""

    id = "iam-full-admin"
    title = "Policy that allows everything"
    resources = (DOCUMENT, *ENCODED)
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_1", "CKV_AWS_62")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for number, (_, statement) in enumerate(identity_statements(resource, module)):
            actions = {item.text for item in statement.actions}
            if not actions.intersection(_EVERY_ACTION):
                continue
            if "*" not in {item.text for item in statement.resources}:
                continue
            yield Violation(
                "statement.actions" if resource.kind == DOCUMENT else "policy",
                "This allows every action on everything: code in one notebook or job can read all "
                "data, change every model and give itself whatever is missing.",
                Advice(
                    "Name the actions that this principal needs, and on what. "
                    "`lockstitch explain-policy` shows what a policy allows."
                ),
                statement.shown(statement.actions_at),
                statement=statement.sid or f"all#{number}",
                related=statement.related(statement.actions_at),
            )
