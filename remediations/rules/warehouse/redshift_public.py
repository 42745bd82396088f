"""redshift-public: a warehouse with an address on the internet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse


class RedshiftPublic(RequireFalse):
    """On, where nobody says otherwise, before version 6 of the provider."""

    id = "redshift-public"
    title = "Warehouse is reachable from the internet"
    resources = ("aws_redshift_cluster",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
    aliases = ("CKV_AWS_87",)
    path = "publicly_accessible"
    absent_is = True
    absent_since: ClassVar[Mapping[int, object]] = {6: False}
    message = (
        "The warehouse with features and customer data has an address on the internet; a password "
        "is all that stands before it."
    )
    decides = "whether the warehouse has an address on the internet"
    offer = Offer(
        Safety.REVIEW,
        "Take the public address away",
        "In place; who comes from outside of the network is cut off.",
    )
