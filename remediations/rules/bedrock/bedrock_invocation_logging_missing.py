"""bedrock-invocation-logging-missing: nobody records what models are asked. Advice only."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.model import Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource

LOGGING = "aws_bedrock_model_invocation_logging_configuration"
_USES = (
    "aws_bedrockagent_agent",
    "aws_bedrockagent_knowledge_base",
    "aws_bedrock_guardrail",
    "aws_bedrock_custom_model",
    "aws_bedrock_provisioned_model_throughput",
)


class BedrockInvocationLoggingMissing(Rule):
    """One of an account and region: two modules that write it would take turns."""

    id = "bedrock-invocation-logging-missing"
    title = "Nobody records what models are asked"
    resources = _USES
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        first = next(one for kind in _USES for one in module.of_kind(kind))
        if module.of_kind(LOGGING) or first.block is not resource.block:
            return
        message = (
            "This module uses Bedrock and records no invocations: after an attack nobody can tell "
            "what the model was asked and what it gave away."
        )
        advice = Advice(
            f"See that one {LOGGING} exists for this account and region, in the module that "
            "owns them; its bucket holds prompts, so encrypt it and close it."
        )
        yield Violation("", message, advice)
