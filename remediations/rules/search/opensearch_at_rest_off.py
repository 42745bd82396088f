"""opensearch-at-rest-off: an OpenSearch domain without encryption at rest."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.search_domains import encrypts_in_place
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
    anew = Offer(
        Safety.REPLACE,
        "Encrypt the domain at rest",
        "The domain is destroyed and created again, empty, because its engine may be older than "
        "Elasticsearch 6.7: upgrade it first, and this is done in place.",
    )

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        return self.offer if encrypts_in_place(resource, module) else self.anew
