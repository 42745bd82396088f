"""kms-short-deletion-window: a deleted key that is soon gone for good."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireAtLeast


class KmsShortDeletionWindow(RequireAtLeast):
    """AWS's own answer, where nothing is said, is the longest there is: 30 days."""

    id = "kms-short-deletion-window"
    title = "Deleted key is soon gone for good"
    resources = ("aws_kms_key",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    path = "deletion_window_in_days"
    least = 30
    absent_is = 30
    message = (
        "Between the order to delete this key and its end there is little time to notice that data "
        "sets or models still need it; afterwards nobody can ever read them again."
    )
    decides = "how long a deleted key can still be had back"
    offer = Offer(
        Safety.SAFE, "Keep a deleted key for 30 days", "In place; it matters on deletion only."
    )
