"""sqs-policy-public: everybody may send to a queue, or read it."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireNamedPrincipals


class SqsPolicyPublic(RequireNamedPrincipals):
    """A condition on who sends, or from where, makes everybody somebody."""

    id = "sqs-policy-public"
    title = "Everybody may use the queue"
    resources = ("aws_sqs_queue_policy", "aws_sqs_queue")
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_168", "CKV_AWS_387")
    message = (
        "Anybody with an AWS account may use this queue: read what waits for a model, or put jobs "
        "and samples into it that nobody checked."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only this account in",
        "In place. A topic, a bucket or another account that sends here has to be named, with a "
        "condition on its ARN.",
    )
