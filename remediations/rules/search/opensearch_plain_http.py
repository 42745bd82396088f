"""opensearch-plain-http: an OpenSearch domain that answers over plain HTTP."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity, Value
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue
from remediations.shapes.place import Site
from remediations.terraform.module import Module


class OpensearchPlainHttp(RequireTrue):
    """Off without the block, and on in one that does not say otherwise."""

    id = "opensearch-plain-http"
    title = "Vector store answers over plain HTTP"
    resources = ("aws_opensearch_domain", "aws_elasticsearch_domain")
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_83",)
    path = "domain_endpoint_options.enforce_https"
    beside = {"tls_security_policy": '"Policy-Min-TLS-1-2-2019-07"'}
    message = (
        "A client that is set up wrongly sends queries, documents and passwords where everybody on "
        "the way can read them."
    )
    decides = "whether plain HTTP is answered"
    offer = Offer(
        Safety.REVIEW,
        "Refuse plain HTTP",
        "In place; clients that speak plain HTTP are turned away.",
    )

    def value_at(self, site: Site, module: Module) -> Value:
        value = super().value_at(site, module)
        if site.missing or site.hidden:
            return value
        is_said = site.held is not None and module.evaluate(site.held.value) != Known(None)
        return value if is_said else Known(True)
