"""cloudtrail-single-region: a trail for one region only."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class CloudtrailSingleRegion(RequireTrue):
    """Off, where nobody says otherwise."""

    id = "cloudtrail-single-region"
    title = "Trail watches one region only"
    resources = ("aws_cloudtrail",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_67",)
    path = "is_multi_region_trail"
    message = (
        "What somebody does in another region, where nobody looks, leaves no trace: GPU "
        "instances, copies of models."
    )
    decides = "whether other regions are watched"
    offer = Offer(
        Safety.SAFE,
        "Watch all regions",
        "In place; other regions are recorded too, and their records are stored and paid for.",
    )
