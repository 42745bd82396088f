"""opensearch-plain-http: an OpenSearch domain that answers over plain HTTP."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class OpensearchPlainHttp(RequireTrue):
    """Off, where nobody says otherwise."""

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
