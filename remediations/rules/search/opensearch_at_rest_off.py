"""opensearch-at-rest-off: an OpenSearch domain without encryption at rest."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.search_domains import as_its_engine_takes_it
from remediations.shapes import RequireTrue
from remediations.terraform.module import Module, Resource


class OpensearchAtRestOff(RequireTrue):
    """Off, where nobody says otherwise."""

    id = "opensearch-at-rest-off"
    title = "Vector store is not encrypted"
    resources = ("aws_opensearch_domain", "aws_elasticsearch_domain")
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_5",)
    path = "encrypt_at_rest.enabled"
    message = (
        "Documents and their embeddings, from which texts can be won back, lie on disk in plain "
        "text."
    )
    decides = "whether documents and embeddings are encrypted on disk"
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the domain at rest",
        "In place with a blue/green deployment; it cannot be taken back.",
    )

    def offer_for(self, resource: Resource, module: Module) -> Offer:
        return as_its_engine_takes_it(self.offer, resource, module)
