"""opensearch-node-to-node-off: an OpenSearch domain whose nodes talk in plain text."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.search_domains import as_its_engine_takes_it
from remediations.shapes import RequireTrue
from remediations.terraform.module import Module, Resource


class OpensearchNodeToNodeOff(RequireTrue):
    """Off, where nobody says otherwise."""

    id = "opensearch-node-to-node-off"
    title = "Vector store talks to itself in plain text"
    resources = ("aws_opensearch_domain", "aws_elasticsearch_domain")
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_6",)
    path = "node_to_node_encryption.enabled"
    message = "Documents and embeddings travel between the nodes of this domain in plain text."
    decides = "whether nodes talk to each other in plain text"
    offer = Offer(
        Safety.REVIEW,
        "Encrypt traffic between the nodes",
        "In place with a blue/green deployment; it cannot be taken back.",
    )

    def offer_for(self, resource: Resource, module: Module) -> Offer:
        return as_its_engine_takes_it(self.offer, resource, module)
