"""sqs-no-cmk: a queue with AWS's own key, that no service may send with."""

from __future__ import annotations

from remediations.key_policies import ServiceUse
from remediations.messaging import senders
from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.module import Module, Resource

NONE = (Known(None), Known(""))


class SqsNoCmk(RequireKey):
    """Only where AWS's own key is named; a queue without any is another rule's business."""

    id = "sqs-no-cmk"
    title = "Queue has AWS's own key"
    resources = ("aws_sqs_queue",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV2_AWS_73",)
    path = "kms_master_key_id"
    message = (
        "The queue is encrypted with a key of AWS that no service and no other account may use: "
        "what S3 or a topic sends here is lost, and nobody can audit or take the key away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the queue with {key}",
        "In place. Whoever sends to the queue or reads it needs {key}.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return resource.value(self.path) not in NONE

    def service_for(self, resource: Resource, module: Module) -> ServiceUse | None:
        return senders(module, resource)
