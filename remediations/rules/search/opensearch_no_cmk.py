"""opensearch-no-cmk: an encrypted domain without a key of your own."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.shapes.flags import is_true
from remediations.terraform.module import Module, Resource


class OpensearchNoCmk(RequireKey):
    """Where nothing is encrypted at all, another rule says so."""

    id = "opensearch-no-cmk"
    title = "Vector store has no key of your own"
    resources = ("aws_opensearch_domain", "aws_elasticsearch_domain")
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_247",)
    path = "encrypt_at_rest.kms_key_id"
    message = (
        "Documents and their embeddings are encrypted with a key of AWS: nobody here can see who "
        "opens them, or take the key away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the domain with {key}",
        "The domain is destroyed and created again, empty: take a snapshot first, and load it "
        "into the new one.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        encrypted = module.value_of(resource.attribute("encrypt_at_rest.enabled"))
        return isinstance(encrypted, Known) and is_true(encrypted.value, default=False)
