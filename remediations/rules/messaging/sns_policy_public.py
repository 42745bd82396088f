"""sns-policy-public: everybody may publish to a topic, or listen to it."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireNamedPrincipals


class SnsPolicyPublic(RequireNamedPrincipals):
    """A condition on who calls, or from where, makes everybody somebody."""

    id = "sns-policy-public"
    title = "Everybody may use the topic"
    resources = ("aws_sns_topic_policy", "aws_sns_topic")
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_169",)
    message = (
        "Anybody with an AWS account may use this topic: listen to what jobs and models report, "
        "or start what hangs on a message."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only this account in",
        "In place. A service or another account that publishes here has to be named, with a "
        "condition on its ARN.",
    )
