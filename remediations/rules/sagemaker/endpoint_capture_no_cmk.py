"""endpoint-capture-no-cmk: captured requests and answers without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.sagemaker import with_rollover
from remediations.shapes import RequireKey
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class EndpointCaptureNoCmk(RequireKey):
    """Asked only where requests are captured."""

    id = "endpoint-capture-no-cmk"
    title = "Captured requests have no key of your own"
    resources = ("aws_sagemaker_endpoint_configuration",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    path = "data_capture_config.kms_key_id"
    only_inside = True
    message = (
        "What people ask the model and what it answers is written to S3 without a key of your own, "
        "so whoever may read the bucket can read it."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt what is captured with {key}",
        "The endpoint's role and the readers of the capture need {key}.",
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        repair = super().repair(site, resource, module)
        return with_rollover(repair, resource, module, "kms_key_id")
