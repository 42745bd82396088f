"""athena-not-enforced: a workgroup whose settings a client may override."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class AthenaNotEnforced(RequireTrue):
    """On, where nobody says otherwise."""

    id = "athena-not-enforced"
    title = "Clients may override the workgroup"
    resources = ("aws_athena_workgroup",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_82",)
    path = "configuration.enforce_workgroup_configuration"
    absent_is = True
    message = (
        "Whoever queries features here says where results go and whether they are encrypted, "
        "whatever the workgroup says."
    )
    decides = "whether clients may override the workgroup"
    offer = Offer(
        Safety.REVIEW,
        "Let the workgroup's settings hold for everybody",
        "In place. Clients that name a bucket of their own for results find them in the "
        "workgroup's from then on.",
    )
