"""kms-policy-any-principal: a key that everybody may use."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireNamedPrincipals


class KmsPolicyAnyPrincipal(RequireNamedPrincipals):
    """`Resource = "*"` is right in a key's policy: there it means this key."""

    id = "kms-policy-any-principal"
    title = "Everybody may use the key"
    resources = ("aws_kms_key", "aws_kms_key_policy", "aws_kms_external_key", "aws_kms_replica_key")
    severity = Severities(Severity.CRITICAL, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_33",)
    message = (
        "Anybody with an AWS account may use this key: whoever gets at a bucket, a snapshot or a "
        "model artifact under it can also open it."
    )
    advice = (
        "Name the account's root, and the roles and services that need it, in place of everybody."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only this account use the key",
        "In place. Roles of this account keep what their own policies allow them; a service or "
        "another account that uses the key has to be named.",
    )
