"""cloudtrail-no-cmk: log files of a trail without a key of your own."""

from __future__ import annotations

from remediations.key_policies import CLOUDTRAIL
from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class CloudtrailNoCmk(RequireKey):
    """CloudTrail writes with its own rights, so the key's policy has to name it."""

    id = "cloudtrail-no-cmk"
    title = "Trail has no key of your own"
    resources = ("aws_cloudtrail",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_35",)
    path = "kms_key_id"
    service = CLOUDTRAIL
    message = (
        "Whoever may read the bucket reads who opened which data set and called which model; no "
        "key of yours stands between."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the trail's log files with {key}",
        "In place, for files that come from now on. Whoever reads them needs {key}.",
    )
