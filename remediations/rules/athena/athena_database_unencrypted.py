"""athena-database-unencrypted: a database that nobody said to encrypt."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity, Unknown, Value
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.shapes.place import Site
from remediations.terraform.module import Module
from remediations.terraform.nodes import Body


class AthenaDatabaseUnencrypted(RequireKey):
    """Any way of encrypting that is named will do."""

    id = "athena-database-unencrypted"
    title = "Athena database is not encrypted"
    resources = ("aws_athena_database",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_77",)
    path = "encryption_configuration.kms_key"
    beside = {"encryption_option": '"SSE_KMS"'}
    message = (
        "What Terraform's own queries on this database write into the bucket is encrypted with "
        "whatever key it happens to have, not with one of yours."
    )
    decides = "how the database's bucket is written"
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the database with {key}",
        "The database is destroyed and created again: definitions of its tables are lost, what "
        "lies in the bucket stays.",
    )

    def value_at(self, site: Site, module: Module) -> Value:
        if site.hidden:
            return Unknown(site.hidden)
        holder = site.holder if isinstance(site.holder, Body) and not site.missing else None
        option = module.value_of(holder.attributes.get("encryption_option")) if holder else None
        return Known(option not in (None, Known(None), Known("")))
