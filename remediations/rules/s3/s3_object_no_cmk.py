"""s3-object-no-cmk: an object that Terraform uploads without a key of your own."""

from __future__ import annotations

from remediations.buckets import BUCKET, companions, nested
from remediations.keys import uses_own_key
from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.belonging import owners_of
from remediations.terraform.module import Module, Resource

_DEFAULT = ("rule", "apply_server_side_encryption_by_default")
_ENCRYPTION = "server_side_encryption_configuration"
_COMPANION = f"{BUCKET}_{_ENCRYPTION}"


class ObjectNoCmk(RequireKey):
    """An object takes its bucket's default, so a bucket with a key of your own is enough."""

    id = "s3-object-no-cmk"
    title = "Object has no key of your own"
    resources = ("aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy")
    severity = Severities(None, Severity.LOW, Severity.LOW)
    aliases = ("CKV_AWS_186", "CKV_AWS_181")
    path = "kms_key_id"
    message = (
        "This object names no key of your own, so it is encrypted with whatever the bucket's "
        "default is at that moment."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the object with {key}",
        "The object is written again, in place; its readers need kms:Decrypt on {key}.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        """Not where the object names no key, and its bucket has one of your own."""
        if "kms_key_id" in resource.body.attributes:
            return True
        buckets = owners_of(resource, "bucket", BUCKET).found
        return not buckets or not all(_has_own_key(bucket) for bucket in buckets)


def _has_own_key(bucket: Resource) -> bool:
    held = companions(bucket.home, bucket, _COMPANION).found
    defaults = [(one.home, nested(one, *_DEFAULT)) for one in held]
    defaults.append((bucket.home, nested(bucket, _ENCRYPTION, *_DEFAULT)))
    return any(
        block is not None and uses_own_key(home, block.body.attributes.get("kms_master_key_id"))
        for home, block in defaults
    )
