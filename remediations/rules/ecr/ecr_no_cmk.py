"""ecr-no-cmk: images without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class EcrNoCmk(RequireKey):
    """How images are encrypted is decided when the repository is made."""

    id = "ecr-no-cmk"
    title = "Image repository has no key of your own"
    resources = ("aws_ecr_repository",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_136",)
    path = "encryption_configuration.kms_key"
    beside = {"encryption_type": '"KMS"'}
    message = (
        "Images, with the code and often the model in them, are encrypted with a key of AWS, "
        "which nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt images with {key}",
        "The repository is destroyed and created again: push its images anew. While it holds any, "
        "AWS refuses to destroy it unless `force_delete` is set.",
    )
