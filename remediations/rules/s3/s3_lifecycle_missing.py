"""s3-lifecycle-missing: a bucket that keeps the pieces of every upload that failed."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireCompanion
from remediations.terraform.module import Module, Resource

_RULE = """\
rule {
  id     = "abort-incomplete-uploads"
  status = "Enabled"

  filter {}

  abort_incomplete_multipart_upload {
    days_after_initiation = 7
  }
}"""
_INLINE = """\
enabled                                = true
abort_incomplete_multipart_upload_days = 7"""


class LifecycleMissing(RequireCompanion):
    """Only uploads that never ended are cleared away: whole objects are for people to decide."""

    id = "s3-lifecycle-missing"
    title = "Bucket has no lifecycle rules"
    severity = Severities(None, Severity.INFO, Severity.LOW)
    aliases = ("CKV2_AWS_61",)
    companion = "aws_s3_bucket_lifecycle_configuration"
    inline = "lifecycle_rule"
    message = (
        "Nothing is ever cleared away here: pieces of failed uploads, which no listing shows, stay "
        "and hold data that people believe is gone."
    )
    offer = Offer(
        Safety.SAFE,
        "Clear failed uploads away after a week",
        "Adds one resource; uploads that are not complete after seven days are aborted. Objects "
        "and their versions stay.",
    )

    def text(self, bucket: Resource, module: Module) -> str:
        return _INLINE if self.is_inline(module) else _RULE
