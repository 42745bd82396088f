"""s3-encryption-not-cmk: a bucket that is encrypted, but with a key nobody here controls."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import BUCKET, is_log_target, nested, serves_website
from remediations.keys import KeyChoice, choose_key, set_key, uses_own_key
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.belonging import owner_of
from remediations.terraform.edit import InsertAttribute, InsertBlock, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Block

COMPANION = "aws_s3_bucket_server_side_encryption_configuration"
DEFAULTS = "apply_server_side_encryption_by_default"
KEY = "kms_master_key_id"
_OF_S3 = (
    "uses a key of S3: whoever may read the bucket can read the data, and nobody can take the key "
    "away."
)
_DEFAULTS = """\
apply_server_side_encryption_by_default {{
  sse_algorithm     = "aws:kms"
  kms_master_key_id = {key}
}}"""


class EncryptionNotCmk(Rule):
    """The split form and the inline one."""

    id = "s3-encryption-not-cmk"
    title = "Bucket is not encrypted with a key of your own"
    resources = (COMPANION, BUCKET)
    severity = Severities(Severity.INFO, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_145",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        outer = () if resource.kind == COMPANION else ("server_side_encryption_configuration",)
        rule = nested(resource, *outer, "rule")
        bucket = _bucket(resource)
        if rule is None or (bucket is not None and is_log_target(module, bucket)):
            return
        found = _Found(resource, module, rule, bucket)
        defaults = nested(resource, *outer, "rule", DEFAULTS)
        if defaults is not None:
            yield from found.judge(defaults)
        elif not rule.body.blocks("dynamic"):
            message = f"Without `{DEFAULTS}` the bucket {_OF_S3}"
            yield Violation("sse_algorithm", message, found.repair(None), rule)


def _bucket(resource: Resource) -> Resource | None:
    if resource.kind == BUCKET:
        return resource
    owner = owner_of(resource, "bucket", BUCKET)
    return owner if isinstance(owner, Resource) else None


class _Found:
    """One encryption rule of one bucket."""

    def __init__(
        self, resource: Resource, module: Module, rule: Block, bucket: Resource | None
    ) -> None:
        self.resource = resource
        self.module = module
        self.rule = rule
        self.bucket = bucket

    def judge(self, defaults: Block) -> Iterator[Violation]:
        algorithm = defaults.body.attributes.get("sse_algorithm")
        key = defaults.body.attributes.get(KEY)
        value = self.module.value_of(algorithm)
        if isinstance(value, Unknown):
            message = "The algorithm decides who holds the key to this bucket."
            advice = Advice('Make sure that it is "aws:kms" with a key of your own.')
            yield Violation("sse_algorithm", message, advice, algorithm, unknown=value.reason)
        elif algorithm is not None and value.value == "AES256":
            yield self.of_s3(defaults, algorithm)
        elif not uses_own_key(self.module, key):
            message = (
                f"Without `{KEY}` the key is AWS's own for S3, whose policy nobody here can change."
                if self.module.value_of(key) == Known(None)
                else "This key is AWS's own for S3, whose policy nobody here can change."
            )
            yield Violation(KEY, message, self.repair(defaults), key or defaults)

    def of_s3(self, defaults: Block, algorithm: Attribute) -> Violation:
        message = f"`AES256` {_OF_S3}"
        return Violation("sse_algorithm", message, self.repair(defaults), algorithm)

    def repair(self, defaults: Block | None) -> Repair | Advice:
        if self.bucket is not None and serves_website(self.module, self.bucket):
            return Advice(
                "A website endpoint cannot serve what a KMS key encrypts. Keep training data out "
                "of this bucket."
            )
        key = choose_key(self.module, self.resource)
        if isinstance(key, str):
            return Advice(key)
        intents = self.intents(defaults, key)
        if isinstance(intents, Advice):
            return intents
        if "bucket_key_enabled" not in self.rule.body.attributes:
            bucket_key = InsertAttribute(self.rule.body, "bucket_key_enabled", "true")
            intents.append(Targeted(self.resource.path, bucket_key))
        cost = (
            f"New objects are encrypted with {key.words}; readers and writers need kms:Decrypt and "
            "kms:GenerateDataKey on it. Objects that are there stay as they are."
        )
        title = "Encrypt the bucket with a key of your own"
        return Repair(Safety.REVIEW, title, cost, (*intents, *key.intents))

    def intents(self, defaults: Block | None, key: KeyChoice) -> list[Targeted] | Advice:
        if defaults is None:
            block = InsertBlock(self.rule.body, _DEFAULTS.format(key=key.reference))
            return [Targeted(self.resource.path, block)]
        written = set_key(self.resource, defaults.body, KEY, key, "sse_algorithm")
        if isinstance(written, Advice):
            return written
        algorithm = defaults.body.attributes.get("sse_algorithm")
        if algorithm is None or self.module.value_of(algorithm) != Known("AES256"):
            return [written]
        intent = SetValue(algorithm.value, '"aws:kms"')
        return [Targeted(self.resource.path, intent), written]
