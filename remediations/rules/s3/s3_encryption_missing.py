"""s3-encryption-missing: a bucket without an encryption setting of its own."""

from __future__ import annotations

from remediations.buckets import is_log_target, serves_website
from remediations.keys import choose_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.shapes import RequireCompanion
from remediations.terraform.module import Module, Resource

_RULE = """\
rule {{
  bucket_key_enabled = true

  apply_server_side_encryption_by_default {{
    sse_algorithm     = "aws:kms"
    kms_master_key_id = {key}
  }}
}}"""


class EncryptionMissing(RequireCompanion):
    """A bucket for logs keeps the key of S3: log delivery writes to no other."""

    id = "s3-encryption-missing"
    title = "Bucket has no encryption setting"
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    companion = "aws_s3_bucket_server_side_encryption_configuration"
    inline = "server_side_encryption_configuration"
    message = (
        "Nothing says which key encrypts this bucket, so S3 uses its own: whoever may read the "
        "bucket can read the data, and nobody can take the key away."
    )

    def applies(self, bucket: Resource, module: Module) -> bool:
        return not is_log_target(module, bucket)

    def repair(self, bucket: Resource, module: Module) -> Repair | Advice:
        if serves_website(module, bucket):
            return Advice(
                "A website endpoint cannot serve what a KMS key encrypts. Say AES256 here, and "
                "keep training data out of this bucket."
            )
        key = choose_key(module, bucket)
        if isinstance(key, str):
            return Advice(key)
        offer = Offer(
            Safety.REVIEW,
            "Encrypt the bucket with a key of your own",
            f"New objects are encrypted with {key.words}; readers and writers need kms:Decrypt and "
            "kms:GenerateDataKey on it. Objects that are there stay as they are.",
        )
        written = self.written(bucket, module, _RULE.format(key=key.reference))
        return offer.repair(written, *key.intents)

    def text(self, bucket: Resource, module: Module) -> str | Advice:
        return ""
