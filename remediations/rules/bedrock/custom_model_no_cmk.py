"""custom-model-no-cmk: a tuned model without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class CustomModelNoCmk(RequireKey):
    """A key can only be given when the model is made."""

    id = "custom-model-no-cmk"
    title = "Custom model has no key of your own"
    resources = ("aws_bedrock_custom_model",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    path = "custom_model_kms_key_id"
    message = (
        "The model that was tuned on your data is encrypted with a key of AWS, which nobody here "
        "can audit or take away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the custom model with {key}",
        "The model is destroyed and tuned again, and the tuning is paid for again. Whoever calls "
        "it needs {key}.",
    )
