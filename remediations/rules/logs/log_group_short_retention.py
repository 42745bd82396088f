"""log-group-short-retention: logs are gone before anybody looks."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireAtLeast


class LogGroupShortRetention(RequireAtLeast):
    """A year; zero means for ever, and where nothing is said that is another rule's business."""

    id = "log-group-short-retention"
    title = "Logs are deleted within a year"
    resources = ("aws_cloudwatch_log_group",)
    severity = Severities(None, Severity.INFO, Severity.LOW)
    aliases = ("CKV_AWS_338",)
    path = "retention_in_days"
    least = 365
    endless = 0
    absent_is = 0
    message = (
        "These logs are deleted within a year: who used a model, and with what, cannot be told "
        "any more when a leak or a poisoned data set comes to light."
    )
    decides = "how long one can look back"
    offer = Offer(
        Safety.SAFE,
        "Keep logs for a year",
        "In place. Nothing is deleted; a year of logs costs more than a few days of them.",
    )

    def should_be(self) -> str:
        return "365 or more"
