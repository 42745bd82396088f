"""guardrail-no-cmk: a guardrail without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class GuardrailNoCmk(RequireKey):
    """In place: the provider marks nothing of it as ForceNew."""

    id = "guardrail-no-cmk"
    title = "Guardrail has no key of your own"
    resources = ("aws_bedrock_guardrail",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    path = "kms_key_arn"
    message = (
        "The guardrail's rules, with the words and topics that you forbid, are encrypted with a "
        "key of AWS, which nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the guardrail with {key}",
        "Applied in place; whoever calls or changes the guardrail needs {key}.",
    )
