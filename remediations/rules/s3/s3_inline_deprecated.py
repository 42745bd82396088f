"""s3-inline-deprecated: settings of a bucket in the form that version 4 left behind."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import BUCKET
from remediations.model import Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Block

# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-4-upgrade
_MOVED = {
    "acl": "aws_s3_bucket_acl",
    "cors_rule": "aws_s3_bucket_cors_configuration",
    "grant": "aws_s3_bucket_acl",
    "lifecycle_rule": "aws_s3_bucket_lifecycle_configuration",
    "logging": "aws_s3_bucket_logging",
    "object_lock_configuration": "aws_s3_bucket_object_lock_configuration",
    "policy": "aws_s3_bucket_policy",
    "replication_configuration": "aws_s3_bucket_replication_configuration",
    "server_side_encryption_configuration": ("aws_s3_bucket_server_side_encryption_configuration"),
    "versioning": "aws_s3_bucket_versioning",
    "website": "aws_s3_bucket_website_configuration",
}


class InlineDeprecated(Rule):
    """Advice: moving a setting needs an import, which is a step outside the text."""

    id = "s3-inline-deprecated"
    title = "Bucket settings are written in the old form"
    resources = (BUCKET,)
    severity = Severities(Severity.INFO, Severity.INFO, Severity.INFO)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if min(module.aws_majors) < 4:
            return
        found = [name for name in _MOVED if resource.may_hold(name)]
        if not found:
            return
        listed = ", ".join(f"`{name}`" for name in found)
        targets = ", ".join(dict.fromkeys(f"`{_MOVED[name]}`" for name in found))
        message = (
            f"{listed} inside the bucket is deprecated since version 4 of the provider: a resource "
            "of its own for the same setting would fight with it."
        )
        advice = Advice(f"Move it to {targets}, and import that before the next apply.")
        node = next((item for item in resource.body.items if _name(item) in _MOVED), None)
        yield Violation(found[0], message, advice, node)


def _name(item: Attribute | Block) -> str:
    return item.name if isinstance(item, Attribute) else item.type
