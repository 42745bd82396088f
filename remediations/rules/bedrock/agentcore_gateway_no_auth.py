"""agentcore-gateway-no-auth: tools of agents that anybody may call."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import RequireValue


class AgentcoreGatewayNoAuth(RequireValue):
    """Only a person knows who may call it."""

    id = "agentcore-gateway-no-auth"
    title = "Agent gateway asks nobody who they are"
    resources = ("aws_bedrockagentcore_gateway",)
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    path = "authorizer_type"
    allowed = ("AWS_IAM", "CUSTOM_JWT")
    absent_is = "AWS_IAM"
    message = (
        "Anybody who finds the gateway's address may call every tool behind it, with the rights of "
        "its role."
    )
    decides = "whether callers of the gateway have to say who they are"
    advice = "Use AWS_IAM, or CUSTOM_JWT with the address of your identity provider."
