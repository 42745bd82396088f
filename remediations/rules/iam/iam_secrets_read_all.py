"""iam-secrets-read-all: a role may read every secret of the account."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class SecretsReadAll(ScopeResources):
    """Asks for the secret that is meant."""

    id = "iam-secrets-read-all"
    title = "Every secret of the account"
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    noun = "secret"
    sid_word = "Secret"
    message = (
        "Whoever runs code with this role may use {actions} on every secret of the account: "
        "passwords of databases, keys of other teams."
    )
    about = ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
