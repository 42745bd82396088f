"""prompt-flow-no-cmk: prompts and flows without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class PromptFlowNoCmk(RequireKey):
    """Both kinds take the same argument."""

    id = "prompt-flow-no-cmk"
    title = "Prompt or flow has no key of your own"
    resources = (
        "aws_bedrockagent_prompt",
        "aws_bedrockagent_flow",
    )
    severity = Severities(None, Severity.LOW, Severity.LOW)
    path = "customer_encryption_key_arn"
    message = (
        "The prompts that you worked out are encrypted with a key of AWS, which nobody here can "
        "audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt it with {key}",
        "Applied in place; whoever calls or changes it needs {key}.",
    )
