"""s3-object-no-cmk: an object that Terraform uploads without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class ObjectNoCmk(RequireKey):
    """Whatever the bucket's default is, it may change; what the object names stays."""

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
