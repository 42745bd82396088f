"""opensearch-no-cmk: an encrypted domain without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class OpensearchNoCmk(RequireKey):
    """Also where nothing is encrypted at all: that can be mended in place, this cannot."""

    id = "opensearch-no-cmk"
    title = "Vector store has no key of your own"
    resources = ("aws_opensearch_domain", "aws_elasticsearch_domain")
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_247",)
    path = "encrypt_at_rest.kms_key_id"
    beside = {"enabled": "true"}
    message = (
        "No key of yours protects documents and their embeddings: nobody here can see who opens "
        "them, or take a key away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the domain with {key}",
        "The domain is destroyed and created again, empty: take a snapshot first, and load it "
        "into the new one.",
    )
