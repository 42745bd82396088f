"""agent-no-cmk: an agent without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class AgentNoCmk(RequireKey):
    """Sessions hold what people told the agent."""

    id = "agent-no-cmk"
    title = "Agent has no key of your own"
    resources = ("aws_bedrockagent_agent",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_373",)
    path = "customer_encryption_key_arn"
    message = (
        "What people tell the agent, and its instructions, are encrypted with a key of AWS, which "
        "nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the agent with {key}",
        "Applied in place; the agent's role and whoever calls or changes it need {key}.",
    )
