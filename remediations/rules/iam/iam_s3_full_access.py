"""iam-s3-full-access: somebody may do everything to every bucket of the account."""

from __future__ import annotations

from remediations.iam.bucket import meant_bucket
from remediations.model import Severity
from remediations.rule import Advice, Severities
from remediations.shapes import RefuseManagedPolicy
from remediations.terraform.module import Module, Resource


class S3FullAccess(RefuseManagedPolicy):
    """The bucket that is meant is named where the module has just one."""

    id = "iam-s3-full-access"
    title = "Every bucket of the account attached"
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    refused = frozenset({"AmazonS3FullAccess"})
    message = (
        "`{policy}` lets whoever runs code with it read, change and delete the data of every "
        "bucket in the account."
    )
    advice = (
        "Give a policy of your own: `s3:ListBucket` on the bucket that is meant, and "
        "`s3:GetObject` and `s3:PutObject` on its objects. Then detach `{policy}`."
    )

    def advice_for(self, policy: str, resource: Resource, module: Module) -> Advice:
        bucket = meant_bucket(resource, module)
        if isinstance(bucket, str):
            return Advice(self.advice.format(policy=policy))
        name = bucket.address
        return Advice(
            f"Give a policy of your own: `s3:ListBucket` on `{name}.arn`, and `s3:GetObject` and "
            f"`s3:PutObject` on `${{{name}.arn}}/*`. Then detach `{policy}`."
        )
