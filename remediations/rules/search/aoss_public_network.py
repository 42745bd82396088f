"""aoss-public-network: a serverless collection that the internet reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.shapes.flags import is_true
from remediations.shapes.written import entry_added
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import (
    Call,
    Entry,
    Expression,
    ListExpression,
    ObjectExpression,
)

_FLAG: Final = "AllowFromPublic"
_WAYS: Final = ("SourceVPCEs", "SourceServices")
_BEDROCK: Final = "aws_bedrockagent_knowledge_base"
_ENDPOINT: Final = "aws_opensearchserverless_vpc_endpoint"


class AossPublicNetwork(Rule):
    """One finding for each part of the policy that lets the internet in."""

    id = "aoss-public-network"
    title = "Collection is reachable from the internet"
    resources = ("aws_opensearchserverless_security_policy",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.value("type") not in (Known("network"),):
            return
        held = resource.attribute("policy")
        value = module.value_of(held)
        parts = list(_parts(held.value if held else None))
        if not parts and not isinstance(value, Known):
            message = f"`{_FLAG}` in the policy decides whether the internet gets in."
            advice = Advice("Make sure that it is `false` wherever this is applied.")
            yield Violation("policy", message, advice, held, unknown=value.reason)
        for number, part in enumerate(parts):
            yield from self._judge_part(part, str(number) if number else "", resource, module)

    def _judge_part(
        self, part: ObjectExpression, key: str, resource: Resource, module: Module
    ) -> Iterator[Violation]:
        flag = part.entry(_FLAG)
        value = module.evaluate(flag.value) if flag else Known(False)
        if flag is None or value == Known(False):
            return
        if not isinstance(value, Known):
            message = f"`{_FLAG}` decides whether the internet gets in."
            advice = Advice("Make sure that it is `false` wherever this is applied.")
            yield Violation("policy", message, advice, flag, value.reason, key)
        elif is_true(value.value, default=False):
            message = (
                "This collection of documents and embeddings can be reached from the internet: a "
                "leaked credential is enough to read what models answer from, or to change it."
            )
            repair = _closed(part, flag, resource, module)
            yield Violation("policy", message, repair, flag, statement=key)


def _closed(
    part: ObjectExpression, flag: Entry, resource: Resource, module: Module
) -> Repair | Advice:
    """False, with the ways in that are there, or that the module has."""
    written = [Targeted(resource.path, SetValue(flag.value, "false"))]
    if not any(part.entry(name) for name in _WAYS):
        way = _way(module)
        if way is None:
            return Advice(
                "Set it to false and name in SourceVPCEs the endpoint of your VPC, or in "
                "SourceServices the service that comes in."
            )
        written.append(Targeted(resource.path, entry_added(part, *way)))
    return _offer().repair(*written)


def _way(module: Module) -> tuple[str, str] | None:
    """Who comes in, and under which name the policy says it."""
    endpoints = module.of_kind(_ENDPOINT)
    if len(endpoints) == 1 and endpoints[0].repetition is None:
        return "SourceVPCEs", f"[{endpoints[0].address}.id]"
    is_store = bool(module.of_kind(_BEDROCK))
    return ("SourceServices", '["bedrock.amazonaws.com"]') if is_store else None


def _offer() -> Offer:
    return Offer(
        Safety.REVIEW,
        "Close the collection to the internet",
        "In place, in some minutes. Who comes from elsewhere, the console's dashboards too, is "
        "refused.",
    )


def _parts(value: Expression | None) -> Iterator[ObjectExpression]:
    """The parts of a policy in ``jsonencode([{ … }])``."""
    if not isinstance(value, Call) or value.name != "jsonencode" or len(value.arguments) != 1:
        return
    listed = value.arguments[0]
    items = listed.items if isinstance(listed, ListExpression) else (listed,)
    yield from (item for item in items if isinstance(item, ObjectExpression))
