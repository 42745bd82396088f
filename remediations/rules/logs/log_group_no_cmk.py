"""log-group-no-cmk: a log group without a key of your own."""

from __future__ import annotations

from remediations.key_policies import CLOUDWATCH_LOGS
from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class LogGroupNoCmk(RequireKey):
    """CloudWatch uses the key itself: without a word in the key's policy, apply is refused."""

    id = "log-group-no-cmk"
    title = "Log group has no key of your own"
    resources = ("aws_cloudwatch_log_group",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_158",)
    path = "kms_key_id"
    service = CLOUDWATCH_LOGS
    message = (
        "What training jobs, endpoints and functions print, samples and prompts among it, is "
        "encrypted with a key of AWS, which nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the log group with {key}",
        "In place, for what is logged from now on. Whoever reads the logs needs {key}.",
    )
