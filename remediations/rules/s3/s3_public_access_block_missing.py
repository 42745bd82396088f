"""s3-public-access-block-missing: a bucket that no public access block belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import BUCKET, companion_head, companions
from remediations.model import Safety, Severity
from remediations.public_access import public_grant
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import AddTopLevel
from remediations.terraform.module import Module, Resource

KIND = "aws_s3_bucket_public_access_block"
_FLAGS = """\
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
"""


class PublicAccessBlockMissing(Rule):
    """The companion is written after the bucket and named after it."""

    id = "s3-public-access-block-missing"
    title = "Bucket has no public access block"
    resources = (BUCKET,)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV2_AWS_6",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if module.of_kind("aws_s3_account_public_access_block"):
            return
        held = companions(module, resource, KIND)
        if held.found:
            return
        message = (
            "No public access block belongs to this bucket, so one public ACL or policy is enough "
            "to show its data to everybody."
        )
        if held.unsettled is not None:
            advice = Advice("Make sure that a public access block with four true flags covers it.")
            yield Violation("bucket", message, advice, unknown=held.unsettled)
            return
        yield Violation("bucket", message, _repair(resource, module))


def _repair(bucket: Resource, module: Module) -> Repair:
    head = companion_head(module, bucket, KIND)
    lines = "\n".join(f"  {line}" if line else "" for line in head.lines)
    text = f'resource "{KIND}" "{head.name}" {{\n{lines}\n\n{_FLAGS}}}'
    grant = public_grant(module, bucket)
    safety, cost = Safety.SAFE, "Adds one resource; nothing in this module is public."
    if grant is not None:
        safety, cost = Safety.REVIEW, f"Readers that rely on {grant} may lose access."
    intent = AddTopLevel(text, bucket.block)
    return Repair(safety, "Add a public access block", cost, (Targeted(bucket.path, intent),))
