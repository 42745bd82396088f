"""endpoint-async-no-cmk: answers of an asynchronous endpoint without a key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.sagemaker import with_rollover
from remediations.shapes import RequireKey
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class EndpointAsyncNoCmk(RequireKey):
    """Asked only where inference is asynchronous."""

    id = "endpoint-async-no-cmk"
    title = "Asynchronous answers have no key of your own"
    resources = ("aws_sagemaker_endpoint_configuration",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    path = "async_inference_config.output_config.kms_key_id"
    only_inside = True
    message = (
        "The model's answers are written to S3 without a key of your own, so whoever may read the "
        "bucket can read them."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the answers with {key}",
        "The endpoint's role and the readers of the answers need {key}.",
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        repair = super().repair(site, resource, module)
        return with_rollover(repair, resource, module, "kms_key_id")
