"""glue-catalog-unencrypted: a data catalog, or its passwords, without a key of your own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.shapes.place import Site
from remediations.terraform.module import Resource

_BESIDE: Final = {
    "sse_aws_kms_key_id": {"catalog_encryption_mode": '"SSE-KMS"'},
    "aws_kms_key_id": {"return_connection_password_encrypted": "true"},
}


class GlueCatalogUnencrypted(RequireKey):
    """There is one catalog in each region of an account; this says how it is kept."""

    id = "glue-catalog-unencrypted"
    title = "Data catalog has no key of your own"
    resources = ("aws_glue_data_catalog_encryption_settings",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_94",)
    message = (
        "The catalog names every table that models are trained on, and holds passwords of the "
        "databases they come from; this part of it has no key of yours."
    )
    decides = "how the catalog and its passwords are encrypted"
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the catalog with {key}",
        "In place, for the whole region: every role that reads the catalog, of jobs and of Athena "
        "too, needs {key}.",
    )

    def paths(self, resource: Resource) -> tuple[str, ...]:
        outer = "data_catalog_encryption_settings"
        return (
            f"{outer}.connection_password_encryption.aws_kms_key_id",
            f"{outer}.encryption_at_rest.sse_aws_kms_key_id",
        )

    def beside_at(self, site: Site) -> Mapping[str, str]:
        """What switches the key on there."""
        return _BESIDE[site.name]
