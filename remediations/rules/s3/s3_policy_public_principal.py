"""s3-policy-public-principal: a bucket policy that lets everybody in."""

from __future__ import annotations

from remediations.buckets import BUCKET
from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireNamedPrincipals


class PolicyPublicPrincipal(RequireNamedPrincipals):
    """A condition on who calls, or from which network, counts as a name."""

    id = "s3-policy-public-principal"
    title = "Bucket policy lets everybody in"
    resources = ("aws_s3_bucket_policy", BUCKET)
    severity = Severities(Severity.CRITICAL, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_70", "CKV_AWS_283")
    message = (
        "This statement lets everybody in the world do what it allows, without saying who they are."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only this account in",
        "Applied in place; anonymous readers and other accounts lose access. Principals of this "
        "account keep what their own policies allow them.",
    )
    advice = "Name the roles or accounts that need it, or ask for your organisation in a condition."
