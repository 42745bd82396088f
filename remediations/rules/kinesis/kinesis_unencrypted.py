"""kinesis-unencrypted: records of a stream without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class KinesisUnencrypted(RequireKey):
    """`NONE` where nobody says otherwise; a key is used only with `KMS`."""

    id = "kinesis-unencrypted"
    title = "Stream is not encrypted with a key of your own"
    resources = ("aws_kinesis_stream",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_43", "CKV_AWS_185")
    path = "kms_key_id"
    beside = {"encryption_type": '"KMS"'}
    message = (
        "Events on their way to features and models lie in this stream in plain text, or under a "
        "key of AWS that nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the stream with {key}",
        "In place, for records that come from now on. Who writes to the stream and who reads it "
        "needs {key}.",
    )
