"""redshift-unencrypted: a warehouse in plain text, or without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class RedshiftUnencrypted(RequireKey):
    """Plain up to version 5 of the provider, encrypted with AWS's key from version 6 on."""

    id = "redshift-unencrypted"
    title = "Warehouse is not encrypted with a key of your own"
    resources = ("aws_redshift_cluster",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_64", "CKV_AWS_142")
    path = "kms_key_id"
    beside = {"encrypted": "true"}
    message = (
        "Features, labels and the people they are about lie in this warehouse, and in its "
        "snapshots, in plain text or under a key of AWS that nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the warehouse with {key}",
        "In place, but the whole cluster is moved in the background, for hours, and can only be "
        "read at times. Whoever restores a snapshot needs {key}.",
    )
