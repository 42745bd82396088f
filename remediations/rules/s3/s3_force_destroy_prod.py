"""s3-force-destroy-prod: a bucket that Terraform may delete with everything in it."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse


class ForceDestroyProd(RequireFalse):
    """Off by default; dev is not told, because throwing things away is its point."""

    id = "s3-force-destroy-prod"
    title = "Bucket can be deleted with its data"
    resources = ("aws_s3_bucket",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    path = "force_destroy"
    message = (
        "With `force_destroy` one `terraform destroy`, or one change of the bucket's name, deletes "
        "everything in it, versions included."
    )
    decides = "whether Terraform may delete the bucket with everything in it"
    offer = Offer(
        Safety.SAFE,
        "Keep the data when the bucket goes",
        "Applied in place; a bucket that holds something can no longer be destroyed by Terraform.",
    )
