"""agent-no-guardrail: an agent that nothing checks what it is told and says."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import RequireSet
from remediations.shapes.place import Site
from remediations.terraform.edit import InsertAttribute
from remediations.terraform.module import Module, Resource

_TEXT = """\
[{{
  guardrail_identifier = {guardrail}.guardrail_id
  guardrail_version    = {guardrail}.version
}}]"""

_OFFER = Offer(
    Safety.REVIEW,
    "Put the agent behind the module's guardrail",
    "Applied in place; what the guardrail forbids is no longer answered. An alias that points "
    "to a published version takes it up with the next version.",
)


class AgentNoGuardrail(RequireSet):
    """A list of one object for the provider, not a block; both ways of writing it are read."""

    id = "agent-no-guardrail"
    title = "Agent has no guardrail"
    resources = ("aws_bedrockagent_agent",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_383",)
    path = "guardrail_configuration.guardrail_identifier"
    message = (
        "Nothing checks what this agent is told and what it says: a hidden instruction in a "
        "document is enough to turn it."
    )
    decides = "which guardrail checks the agent"
    advice = "Write an aws_bedrock_guardrail, and name it in guardrail_configuration here."

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        guardrails = module.remember("single guardrails", lambda: _single(module))
        if len(guardrails) != 1 or site.missing != ("guardrail_configuration",):
            return Advice(self.advice)
        text = _TEXT.format(guardrail=guardrails[0].address)
        insert = InsertAttribute(resource.body, "guardrail_configuration", text)
        return _OFFER.repair(Targeted(resource.path, insert))


def _single(module: Module) -> list[Resource]:
    return [one for one in module.of_kind("aws_bedrock_guardrail") if one.repetition is None]
