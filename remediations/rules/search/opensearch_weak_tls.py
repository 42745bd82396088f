"""opensearch-weak-tls: an OpenSearch domain that takes old TLS."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireValue


class OpensearchWeakTls(RequireValue):
    """AWS's own answer, where nothing is said, is TLS 1.0."""

    id = "opensearch-weak-tls"
    title = "Vector store takes old TLS"
    resources = ("aws_opensearch_domain", "aws_elasticsearch_domain")
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_228",)
    path = "domain_endpoint_options.tls_security_policy"
    allowed = (
        "Policy-Min-TLS-1-2-2019-07",
        "Policy-Min-TLS-1-2-PFS-2023-10",
        "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08",
    )
    beside = {"enforce_https": "true"}
    message = (
        "Clients may still speak TLS 1.0, whose weaknesses let somebody on the way read queries "
        "and what they find."
    )
    decides = "which versions of TLS are spoken"
    offer = Offer(
        Safety.REVIEW,
        "Ask for TLS 1.2",
        "In place; clients that know only older versions are turned away.",
    )
