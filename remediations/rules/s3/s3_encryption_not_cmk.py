"""s3-encryption-not-cmk: a bucket that is encrypted, but with a key nobody here controls."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import BUCKET, is_log_target, nested
from remediations.keys import choose_key
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import InsertAttribute, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Block

COMPANION = "aws_s3_bucket_server_side_encryption_configuration"
DEFAULTS = "apply_server_side_encryption_by_default"


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
        defaults = nested(resource, *outer, "rule", DEFAULTS)
        if rule is None or defaults is None or _receives_logs(resource, module):
            return
        algorithm = defaults.body.attributes.get("sse_algorithm")
        key = defaults.body.attributes.get("kms_master_key_id")
        value = module.value_of(algorithm)
        if isinstance(value, Unknown):
            message = "The algorithm decides who holds the key to this bucket."
            advice = Advice('Make sure that it is "aws:kms" with a key of your own.')
            yield Violation("sse_algorithm", message, advice, algorithm, unknown=value.reason)
        elif algorithm is not None and value.value == "AES256":
            message = (
                "`AES256` uses a key of S3: whoever may read the bucket can read the data, and "
                "nobody can take the key away."
            )
            repair = _repair(resource, module, rule, defaults, algorithm)
            yield Violation("sse_algorithm", message, repair, algorithm)
        elif module.value_of(key) == Known(None):
            message = (
                "Without `kms_master_key_id` the key is AWS's own for S3, whose policy nobody here "
                "can change."
            )
            repair = _repair(resource, module, rule, defaults, None)
            yield Violation("kms_master_key_id", message, repair, defaults)


def _receives_logs(resource: Resource, module: Module) -> bool:
    bucket: object = resource
    if resource.kind == COMPANION:
        bucket = module.owner_of(resource, "bucket", BUCKET)
    return isinstance(bucket, Resource) and is_log_target(module, bucket)


def _repair(
    resource: Resource,
    module: Module,
    rule: Block,
    defaults: Block,
    algorithm: Attribute | None,
) -> Repair | Advice:
    key = choose_key(module)
    if isinstance(key, str):
        return Advice(key)
    intents = []
    if algorithm is not None:
        intents.append(Targeted(resource.path, SetValue(algorithm.value, '"aws:kms"')))
    held = defaults.body.attributes.get("kms_master_key_id")
    if held is None:
        insert = InsertAttribute(defaults.body, "kms_master_key_id", key.reference, "sse_algorithm")
        intents.append(Targeted(resource.path, insert))
    if "bucket_key_enabled" not in rule.body.attributes:
        bucket_key = InsertAttribute(rule.body, "bucket_key_enabled", "true")
        intents.append(Targeted(resource.path, bucket_key))
    cost = (
        f"New objects are encrypted with {key.words}; readers and writers need kms:Decrypt and "
        "kms:GenerateDataKey on it. Objects that are there stay as they are."
    )
    return Repair(
        Safety.REVIEW,
        "Encrypt the bucket with a key of your own",
        cost,
        (*intents, *key.intents),
    )
