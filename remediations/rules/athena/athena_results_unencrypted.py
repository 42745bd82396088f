"""athena-results-unencrypted: results of queries that nobody said to encrypt."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity, Unknown, Value
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.shapes.flags import is_true
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Body


class AthenaResultsUnencrypted(RequireKey):
    """Any way of encrypting that is named will do; who manages the key is another question."""

    id = "athena-results-unencrypted"
    title = "Query results are not encrypted by the workgroup"
    resources = ("aws_athena_workgroup",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_159",)
    path = "configuration.result_configuration.encryption_configuration.kms_key_arn"
    beside = {"encryption_option": '"SSE_KMS"'}
    message = (
        "The workgroup does not say how results are encrypted: copies of training data lie in the "
        "bucket under whatever key it happens to have."
    )
    decides = "how results of queries are encrypted"
    offer = Offer(
        Safety.REVIEW,
        "Encrypt query results with {key}",
        "In place, for results that come from now on. Whoever queries, and whoever reads results, "
        "needs {key}.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        """Results that Athena keeps itself are encrypted by it."""
        path = "configuration.managed_query_results_configuration.enabled"
        managed = module.value_of(resource.attribute(path))
        return not (isinstance(managed, Known) and is_true(managed.value, default=False))

    def value_at(self, site: Site, module: Module) -> Value:
        if site.hidden:
            return Unknown(site.hidden)
        holder = site.holder if isinstance(site.holder, Body) and not site.missing else None
        option = module.value_of(holder.attributes.get("encryption_option")) if holder else None
        return Known(option not in (None, Known(None), Known("")))
