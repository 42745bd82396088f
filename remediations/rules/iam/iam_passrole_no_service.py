"""iam-passrole-no-service: roles may be handed to whatever service there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from remediations.fingerprint import numbered
from remediations.iam.conditions import require
from remediations.iam.identity import identity_statements
from remediations.iam.passing import KEY, is_bound, is_passing, receivers
from remediations.iam.placing import handed_on, path_of, touched, why_kept
from remediations.iam.scoping import Named, Only, Split, scope
from remediations.iam.size import nearly_full
from remediations.iam.statements import DOCUMENT, ENCODED, Statement
from remediations.model import Safety, Severity
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import Intent
from remediations.terraform.module import Module, Resource

_WORD: Final = "PassRole"
_BY_HAND: Final = (
    f"Add a condition that `{KEY}` equals the service that the roles are for, such as "
    "`sagemaker.amazonaws.com`"
)


class PassRoleNoService(Rule):
    """Only what says PassRole: `iam:*` and `*` are other findings."""

    id = "iam-passrole-no-service"
    title = "Roles may be passed to any service"
    resources = (DOCUMENT, *ENCODED)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    message = (
        "Whoever runs code with this can hand the role to any service that takes it: a machine, a "
        "function or a container then acts with its rights."
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        seen: Counter[str] = Counter()
        for policy, statement in identity_statements(resource, module):
            passing = [item.text for item in statement.actions if is_passing(item)]
            bound = is_bound(statement)
            if not passing or bound:
                continue
            # No Sid, since what else it allows may be given a statement of its own, with another.
            key = ".".join(passing)
            seen[key] += 1
            yield Violation(
                "statement.condition" if resource.kind == DOCUMENT else "policy",
                self.message,
                _repair(resource, policy, statement, module),
                statement.shown(statement.actions_at),
                unknown=None if bound is False else "the condition is written elsewhere",
                statement=numbered(key, seen[key]),
                related=statement.related(statement.actions_at),
            )


def _repair(
    holder: Resource, policy: tuple[Statement, ...], statement: Statement, module: Module
) -> Repair | Advice:
    if any(test.key == KEY.lower() for test in statement.tests or ()):
        return Advice(f"Name the services in the condition on `{KEY}`: as it is, any one will do.")
    found = receivers(statement, module)
    if isinstance(found, str):
        return Advice(f"{_BY_HAND}; {found}.")
    kept = why_kept(statement, holder)
    if kept is not None:
        return Advice(f"{_BY_HAND}. {kept}")
    values = [f'"{service}"' for service in found.services]
    intents = _intents(holder, policy, statement, values)
    if intents is None:
        return Advice(
            f"{_BY_HAND}. Give PassRole a statement of its own first: requests for the other "
            "actions do not carry this key and would be refused."
        )
    services = " and ".join(f"`{service}`" for service in found.services)
    roles = " and ".join(f"`{role}`" for role in found.roles)
    room = (*handed_on(statement), *nearly_full(policy, holder, (), module))
    lets = "lets in no other" if len(found.roles) == 1 else "let in no others"
    return Repair(
        Safety.REVIEW,
        f"Let roles be passed to {services} only",
        " ".join(
            [
                "Applied in place; passing to every other service is refused from then on. The "
                f"trust policy of {roles} {lets} today.",
                *room,
            ]
        ),
        tuple(Targeted(path_of(statement, holder), intent) for intent in intents),
        touched(statement),
    )


def _intents(
    holder: Resource, policy: tuple[Statement, ...], statement: Statement, values: list[str]
) -> tuple[Intent, ...] | None:
    """The condition; actions whose requests lack its key stay in a statement without it."""
    document = statement.document(holder.document)
    passing = tuple(item.text for item in statement.actions if is_passing(item))
    others = tuple(item.text for item in statement.actions if not is_passing(item))
    if not others:
        return (require(statement, KEY, values, document),)
    if any(item.node is None for item in statement.resources):
        return None
    sorted_actions = Split("iam", passing, others, frozenset(), ())
    source = document.source
    resources = tuple(source.slice(item.node.span) for item in statement.resources if item.node)
    only = Only(KEY, tuple(values))
    return scope(document, policy, statement, sorted_actions, Named(resources), _WORD, only)
