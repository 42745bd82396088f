"""log-group-no-retention: a log group that keeps everything for ever."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireAtLeast


class LogGroupNoRetention(RequireAtLeast):
    """Zero, and nothing at all, mean for ever."""

    id = "log-group-no-retention"
    title = "Log group keeps everything for ever"
    resources = ("aws_cloudwatch_log_group",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.LOW)
    aliases = ("CKV_AWS_66",)
    path = "retention_in_days"
    least = 1
    absent_is = 0
    message = (
        "What is logged here is never deleted: samples and prompts that were printed once stay "
        "readable, and paid for, after the data itself is gone."
    )
    decides = "whether what is logged is ever deleted"
    offer = Offer(
        Safety.REVIEW,
        "Keep logs for a year",
        "In place. CloudWatch deletes what is older than a year.",
    )

    def wanted(self) -> str:
        return "365"

    def should_be(self) -> str:
        return "a number of days"
