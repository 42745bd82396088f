"""comprehend-no-cmk: a Comprehend model or its training volume without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.module import Resource


class ComprehendNoCmk(RequireKey):
    """The model and the volume it is trained on take a key each."""

    id = "comprehend-no-cmk"
    title = "Comprehend model has no key of your own"
    resources = ("aws_comprehend_entity_recognizer", "aws_comprehend_document_classifier")
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_267", "CKV_AWS_268")
    message = (
        "What was learnt from your documents, or the volume that they lie on meanwhile, is "
        "encrypted with a key of AWS, which nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt it with {key}",
        "A new version is trained, and paid for; the old one stays until then. The data access "
        "role needs {key}.",
    )

    def paths(self, resource: Resource) -> tuple[str, ...]:
        return ("model_kms_key_id", "volume_kms_key_id")
