"""ecr-policy-public: everybody may pull images, or push them."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireNamedPrincipals


class EcrPolicyPublic(RequireNamedPrincipals):
    """A condition on the organisation makes everybody somebody."""

    id = "ecr-policy-public"
    title = "Everybody may use the image repository"
    resources = ("aws_ecr_repository_policy",)
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_32",)
    message = (
        "Anybody with an AWS account may do here what this statement allows: take the images, "
        "with code and model in them, or put one there that the next job runs."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only this account in",
        "In place. Other accounts that pull from here have to be named.",
    )
