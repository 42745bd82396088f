"""kms-key-disabled: a key that opens nothing."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class KmsKeyDisabled(RequireTrue):
    """On, where nobody says otherwise."""

    id = "kms-key-disabled"
    title = "Key is switched off"
    resources = ("aws_kms_key",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_227",)
    path = "is_enabled"
    absent_is = True
    message = (
        "Nothing that is encrypted with this key can be read: jobs, endpoints and notebooks fail "
        "as soon as they open it."
    )
    decides = "whether the key can be used"
    offer = Offer(
        Safety.REVIEW,
        "Switch the key on",
        "In place. Whoever may use the key can open again what it encrypts.",
    )
