"""s3-public-access-block-missing: a bucket that no public access block belongs to."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.public_access import public_grant
from remediations.rule import Offer, Severities
from remediations.shapes import RequireCompanion
from remediations.terraform.module import Module, Resource

_TITLE = "Add a public access block"


class PublicAccessBlockMissing(RequireCompanion):
    """The companion is written after the bucket and named after it."""

    id = "s3-public-access-block-missing"
    title = "Bucket has no public access block"
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV2_AWS_6",)
    companion = "aws_s3_bucket_public_access_block"
    message = (
        "No public access block belongs to this bucket, so one public ACL or policy is enough to "
        "show its data to everybody."
    )

    def applies(self, bucket: Resource, module: Module) -> bool:
        return not module.of_kind("aws_s3_account_public_access_block")

    def offer_for(self, bucket: Resource, module: Module) -> Offer:
        grant = public_grant(module, bucket)
        if grant is None:
            cost = "Adds one resource; nothing in this module is public."
            return Offer(Safety.SAFE, _TITLE, cost)
        return Offer(Safety.REVIEW, _TITLE, f"Readers that rely on {grant} may lose access.")

    def text(self, bucket: Resource, module: Module) -> str:
        return (
            "block_public_acls       = true\n"
            "block_public_policy     = true\n"
            "ignore_public_acls      = true\n"
            "restrict_public_buckets = true"
        )
