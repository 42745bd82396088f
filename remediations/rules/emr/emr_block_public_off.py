"""emr-block-public-off: clusters that may be opened to the internet."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class EmrBlockPublicOff(RequireTrue):
    """The argument is required, so it is never left out."""

    id = "emr-block-public-off"
    title = "Clusters may be opened to the internet"
    resources = ("aws_emr_block_public_access_configuration",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_390",)
    path = "block_public_security_group_rules"
    message = (
        "A cluster with training data may start with a security group that lets the internet in; "
        "EMR's own check against that is off for the whole account."
    )
    decides = "whether clusters may start open to the internet"
    offer = Offer(
        Safety.REVIEW,
        "Refuse clusters that are open to the internet",
        "In place, for the whole account and region. Clusters that run stay; one with an open "
        "security group does not start any more.",
    )
