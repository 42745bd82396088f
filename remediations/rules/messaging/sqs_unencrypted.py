"""sqs-unencrypted: messages of a queue may lie in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities, Violation
from remediations.shapes import RequireTrue
from remediations.terraform.module import Module, Resource

EMPTY = (Known(None), Known(""))


class SqsUnencrypted(RequireTrue):
    """Left out, AWS encrypts queues that it makes since the end of 2022, and no older ones."""

    id = "sqs-unencrypted"
    title = "Queue may not be encrypted"
    resources = ("aws_sqs_queue",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_27",)
    path = "sqs_managed_sse_enabled"
    message = (
        "Nothing says that messages are encrypted: a queue that is older than the end of 2022, or "
        "made with encryption off, keeps requests and results in plain text."
    )
    decides = "whether messages are encrypted"
    offer = Offer(Safety.SAFE, "Encrypt the queue", "In place; nobody needs a key for it.")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.value("kms_master_key_id") in EMPTY:
            yield from super().judge(resource, module)
