"""efs-unencrypted: a shared file system in plain text."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class EfsUnencrypted(RequireTrue):
    """How a file system is encrypted is decided when it is made."""

    id = "efs-unencrypted"
    title = "Shared file system is not encrypted"
    resources = ("aws_efs_file_system",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_42",)
    path = "encrypted"
    message = (
        "Training data, home directories and checkpoints on this file system lie in plain text."
    )
    decides = "whether files are encrypted"
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the file system",
        "The file system is destroyed and created again, with everything on it: copy its files "
        "first.",
    )
