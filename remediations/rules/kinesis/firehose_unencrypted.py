"""firehose-unencrypted: records on their way to the lake without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.module import Module, Resource


class FirehoseUnencrypted(RequireKey):
    """One that reads from a stream is encrypted there; AWS refuses both."""

    id = "firehose-unencrypted"
    title = "Delivery stream is not encrypted with a key of your own"
    resources = ("aws_kinesis_firehose_delivery_stream",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_240", "CKV_AWS_241")
    path = "server_side_encryption.key_arn"
    beside = {"enabled": "true", "key_type": '"CUSTOMER_MANAGED_CMK"'}
    message = (
        "Records wait here for the training data's bucket in plain text, or under a key of AWS "
        "that nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the delivery stream with {key}",
        "In place. Whoever applies this needs the right to make a grant on {key}.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return not resource.may_hold("kinesis_source_configuration")
