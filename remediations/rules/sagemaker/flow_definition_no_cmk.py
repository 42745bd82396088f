"""flow-definition-no-cmk: human reviews whose results have no key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class FlowDefinitionNoCmk(RequireKey):
    """The results are what people said about production data."""

    id = "flow-definition-no-cmk"
    title = "Human reviews have no key of your own"
    resources = ("aws_sagemaker_flow_definition",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_372",)
    path = "output_config.kms_key_id"
    only_inside = True
    message = (
        "What reviewers saw and said is written to S3 without a key of your own, so whoever may "
        "read the bucket can read it."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the reviews with {key}",
        "The flow definition is destroyed and created again: reviews that are under way stop. "
        "Its role needs {key}.",
    )
