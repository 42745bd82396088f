"""dynamodb-no-cmk: a table without a key of your own."""

from __future__ import annotations

from remediations.buckets import dynamic
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.shapes import RequireKey
from remediations.state_locks import LITTLE_HARM, locks_state
from remediations.terraform.module import Module, Resource


class DynamodbNoCmk(RequireKey):
    """Enabled without a key means AWS's key for DynamoDB, disabled one that AWS owns."""

    id = "dynamodb-no-cmk"
    title = "Table has no key of your own"
    resources = ("aws_dynamodb_table",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_119",)
    path = "server_side_encryption.kms_key_arn"
    beside = {"enabled": "true"}
    message = (
        "Features, sessions and metadata of models are encrypted with a key of AWS, which nobody "
        "here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the table with {key}",
        "In place. Whoever reads or writes the table needs {key}.",
    )

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        if resource.body.blocks("replica") or dynamic(resource.body, "replica"):
            return Advice("Each replica needs a key of its region. Write them, then set them all.")
        return super().offer_for(resource, module)

    def severity_of(self, resource: Resource) -> Severities:
        """Less bad for a table of locks."""
        return LITTLE_HARM if locks_state(resource) else self.severity

    def words(self, resource: Resource) -> str:
        """What is in a table of locks is said as it is."""
        if not locks_state(resource):
            return self.message
        return (
            "Terraform's locks say who works on which state, and AWS's key for them is one that "
            "nobody here can audit or take away."
        )
