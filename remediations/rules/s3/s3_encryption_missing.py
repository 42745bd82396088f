"""s3-encryption-missing: a bucket without an encryption setting of its own."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import (
    BUCKET,
    companion_head,
    companions,
    dynamic,
    is_log_target,
    serves_website,
)
from remediations.keys import KeyChoice, choose_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import AddTopLevel, InsertBlock
from remediations.terraform.module import Module, Resource

KIND = "aws_s3_bucket_server_side_encryption_configuration"
INLINE = "server_side_encryption_configuration"
_RULE = """\
rule {{
  bucket_key_enabled = true

  apply_server_side_encryption_by_default {{
    sse_algorithm     = "aws:kms"
    kms_master_key_id = {key}
  }}
}}"""


class EncryptionMissing(Rule):
    """Written as a companion, or inline where the provider is older than 4."""

    id = "s3-encryption-missing"
    title = "Bucket has no encryption setting"
    resources = (BUCKET,)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.body.blocks(INLINE) or is_log_target(module, resource):
            return
        held = companions(module, resource, KIND)
        if held.found:
            return
        message = (
            "Nothing says which key encrypts this bucket, so S3 uses its own: whoever may read the "
            "bucket can read the data, and nobody can take the key away."
        )
        unsettled = held.unsettled
        if dynamic(resource.body, INLINE) is not None:
            unsettled = "a dynamic block writes the setting"
        if unsettled is not None:
            advice = Advice("Make sure that an encryption configuration covers it.")
            yield Violation("bucket", message, advice, unknown=unsettled)
            return
        yield Violation("bucket", message, _repair(resource, module))


def _repair(bucket: Resource, module: Module) -> Repair | Advice:
    if serves_website(module, bucket):
        return Advice(
            "A website endpoint cannot serve what a KMS key encrypts. Say AES256 here, and keep "
            "training data out of this bucket."
        )
    key = choose_key(module, bucket)
    if isinstance(key, str):
        return Advice(key)
    cost = (
        f"New objects are encrypted with {key.words}; readers and writers need kms:Decrypt and "
        "kms:GenerateDataKey on it. Objects that are there stay as they are."
    )
    targeted = Targeted(bucket.path, _intent(bucket, module, key))
    return Repair(
        Safety.REVIEW, "Encrypt the bucket with a key of your own", cost, (targeted, *key.intents)
    )


def _intent(bucket: Resource, module: Module, key: KeyChoice) -> AddTopLevel | InsertBlock:
    rule = _RULE.format(key=key.reference)
    inner = "\n".join(f"  {line}" if line else "" for line in rule.split("\n"))
    if max(module.aws_majors) < 4:
        return InsertBlock(bucket.body, f"{INLINE} {{\n{inner}\n}}")
    head = companion_head(module, bucket, KIND)
    lines = "\n".join(f"  {line}" if line else "" for line in head.lines)
    text = f'resource "{KIND}" "{head.name}" {{\n{lines}\n\n{inner}\n}}'
    return AddTopLevel(text, bucket.block)
