"""dynamodb-no-pitr: what is overwritten in a table is gone."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue
from remediations.state_locks import LITTLE_HARM, locks_state
from remediations.terraform.module import Resource


class DynamodbNoPitr(RequireTrue):
    """Backups of every second of the last 35 days, off where nobody says otherwise."""

    id = "dynamodb-no-pitr"
    title = "Table has no point-in-time recovery"
    resources = ("aws_dynamodb_table",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_28",)
    path = "point_in_time_recovery.enabled"
    message = (
        "What a faulty job or an attacker overwrites or deletes in this table is gone: nothing "
        "brings back the features or labels of a minute ago."
    )
    decides = "whether this table can be brought back as it was"
    offer = Offer(
        Safety.SAFE,
        "Turn point-in-time recovery on",
        "In place. Its backups are paid for by size.",
    )

    def severity_of(self, resource: Resource) -> Severities:
        """Less bad for a table of locks."""
        return LITTLE_HARM if locks_state(resource) else self.severity

    def words(self, resource: Resource) -> str:
        """What is in a table of locks is said as it is."""
        if not locks_state(resource):
            return self.message
        return (
            "Nothing brings back what is deleted from this table. It holds Terraform's locks and "
            "checksums of states, which the next run writes anew."
        )
