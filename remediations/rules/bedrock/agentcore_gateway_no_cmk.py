"""agentcore-gateway-no-cmk: a gateway of agents without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class AgentcoreGatewayNoCmk(RequireKey):
    """Changed in place."""

    id = "agentcore-gateway-no-cmk"
    title = "Agent gateway has no key of your own"
    resources = ("aws_bedrockagentcore_gateway",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    path = "kms_key_arn"
    message = (
        "The gateway's targets and schemas are encrypted with a key of AWS, which nobody here can "
        "audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the gateway with {key}",
        "Applied in place; the gateway's role needs {key}.",
    )
