"""secret-no-cmk: a secret without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class SecretNoCmk(RequireKey):
    """The key of AWS cannot be used from another account, and nobody can take it away."""

    id = "secret-no-cmk"
    title = "Secret has no key of your own"
    resources = ("aws_secretsmanager_secret",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_149",)
    path = "kms_key_id"
    message = (
        "Passwords and tokens are encrypted with a key of AWS: whoever may read secrets in this "
        "account may read this one, and no key policy says otherwise."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the secret with {key}",
        "In place: Secrets Manager encrypts the current versions anew. Whoever reads the secret "
        "needs {key}.",
    )
