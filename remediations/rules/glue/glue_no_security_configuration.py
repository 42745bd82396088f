"""glue-no-security-configuration: a job or crawler that nobody told to encrypt."""

from __future__ import annotations

from remediations.glue import choose_configuration
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.shapes import RequireSet
from remediations.shapes.place import Site
from remediations.shapes.written import set_at
from remediations.terraform.module import Module, Resource

_ENDPOINT = "aws_glue_dev_endpoint"


class GlueNoSecurityConfiguration(RequireSet):
    """What the configuration says is another rule's business."""

    id = "glue-no-security-configuration"
    title = "Job or crawler has no security configuration"
    resources = ("aws_glue_job", "aws_glue_crawler", _ENDPOINT)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_195",)
    path = "security_configuration"
    message = (
        "What this writes (prepared training data, logs with rows of it, bookmarks) is encrypted "
        "with no key of yours, or not at all."
    )
    decides = "how files, logs and bookmarks are encrypted"
    advice = "Name an aws_glue_security_configuration here."

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        chosen = choose_configuration(module, resource)
        if isinstance(chosen, str):
            return Advice(chosen)
        written = set_at(site, resource, chosen.reference, {})
        if isinstance(written, Advice):
            return written
        cost = "In place, from the next run on. Its role needs the key. "
        safety = Safety.REVIEW
        if resource.kind == _ENDPOINT:
            cost = "The endpoint is destroyed and created again. Its role needs the key. "
            safety = Safety.REPLACE
        offer = Offer(safety, f"Encrypt it with {chosen.words}", (cost + chosen.note).strip())
        return offer.repair(written, *chosen.intents, touches=chosen.touches)
