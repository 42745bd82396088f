"""kendra-no-cmk: a search index without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class KendraNoCmk(RequireKey):
    """A key can only be given when the index is made."""

    id = "kendra-no-cmk"
    title = "Search index has no key of your own"
    resources = ("aws_kendra_index",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_262",)
    path = "server_side_encryption_configuration.kms_key_id"
    message = (
        "Every document that the index knows is encrypted with a key of AWS, which nobody here can "
        "audit or take away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the index with {key}",
        "The index is destroyed and created again: every document has to be indexed anew. Its role "
        "needs {key}.",
    )
