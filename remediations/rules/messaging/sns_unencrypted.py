"""sns-unencrypted: messages of a topic lie in plain text."""

from __future__ import annotations

from remediations.key_policies import ServiceUse
from remediations.messaging import senders
from remediations.model import Known, Safety, Severity, Value
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class SnsUnencrypted(RequireKey):
    """Any key will do: AWS's own encrypts too, though services cannot send with it."""

    id = "sns-unencrypted"
    title = "Topic is not encrypted"
    resources = ("aws_sns_topic",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_26",)
    path = "kms_master_key_id"
    message = (
        "What is sent here (results of jobs, alarms, samples that failed a check) waits in plain "
        "text until it is delivered."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the topic with {key}",
        "In place. Whoever publishes to the topic needs {key}.",
    )

    def value_at(self, site: Site, module: Module) -> Value:
        value = module.evaluate(site.held.value) if site.held else Known(None)
        return Known(value not in (Known(None), Known("")))

    def service_for(self, resource: Resource, module: Module) -> ServiceUse | None:
        return senders(module, resource)
