"""kb-source-no-cmk: a data source of a knowledge base without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class KbSourceNoCmk(RequireKey):
    """The key is for what lies between source and vectors."""

    id = "kb-source-no-cmk"
    title = "Knowledge base source has no key of your own"
    resources = ("aws_bedrockagent_data_source",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    path = "server_side_encryption_configuration.kms_key_arn"
    message = (
        "While documents are taken in, Bedrock keeps them with a key of AWS, which nobody here can "
        "audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt what is taken in with {key}",
        "Applied in place; the knowledge base's role needs {key}. Documents that are in stay as "
        "they are until the next sync.",
    )
