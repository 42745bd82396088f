"""iam-kms-decrypt-all: a role may decrypt with every key of the account."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class KmsDecryptAll(ScopeResources):
    """The statement is scoped where it shows which key is meant."""

    id = "iam-kms-decrypt-all"
    title = "Decryption with every key"
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    noun = "key"
    sid_word = "Key"
    message = (
        "Whoever runs code with this role may use {actions} with every key of the account, "
        "and so read whatever is encrypted with any of them."
    )
    about = ("kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:CreateGrant")
