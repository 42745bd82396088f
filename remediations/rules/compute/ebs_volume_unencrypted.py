"""ebs-volume-unencrypted: a volume in plain text, or without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class EbsVolumeUnencrypted(RequireKey):
    """Plain where nobody says otherwise; a key is used only where it is encrypted."""

    id = "ebs-volume-unencrypted"
    title = "Volume is not encrypted with a key of your own"
    resources = ("aws_ebs_volume",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_3", "CKV_AWS_189")
    path = "kms_key_id"
    beside = {"encrypted": "true"}
    message = (
        "Data sets and checkpoints on this volume, and in every snapshot of it, lie in plain text "
        "or under a key of AWS that nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the volume with {key}",
        "The volume is destroyed and created again, empty: take a snapshot first, copy it with "
        "encryption and start from that.",
    )
