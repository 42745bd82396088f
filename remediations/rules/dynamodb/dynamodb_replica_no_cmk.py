"""dynamodb-replica-no-cmk: a copy of a table in another region without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class DynamodbReplicaNoCmk(RequireKey):
    """The key has to be in the region of the copy."""

    id = "dynamodb-replica-no-cmk"
    title = "Copy of a table has no key of your own"
    resources = ("aws_dynamodb_table_replica",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_271",)
    path = "kms_key_arn"
    message = (
        "The copy of features and sessions in this region is encrypted with a key of AWS, which "
        "nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the copy with {key}",
        "The copy is destroyed and created again from the table; until then this region has none. "
        "Whoever reads it needs {key}.",
    )
