"""cloudtrail-no-validation: a trail without log file validation."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class CloudtrailNoValidation(RequireTrue):
    """Off, where nobody says otherwise."""

    id = "cloudtrail-no-validation"
    title = "Trail can be altered unseen"
    resources = ("aws_cloudtrail",)
    severity = Severities(None, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_36",)
    path = "enable_log_file_validation"
    message = (
        "Somebody who covers their tracks can change or delete log files, and nobody could tell."
    )
    decides = "whether altered log files are noticed"
    offer = Offer(Safety.SAFE, "Validate log files", "In place; digests are written from now on.")
