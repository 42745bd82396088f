"""model-network-isolation-off: a model whose containers may talk to the network."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.sagemaker import is_also_serverless, is_only_serverless, with_successor
from remediations.shapes import RequireTrue
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class ModelNetworkIsolationOff(RequireTrue):
    """Every argument of a model is ForceNew. A serverless endpoint cannot isolate its model."""

    id = "model-network-isolation-off"
    title = "Model containers may talk to the network"
    resources = ("aws_sagemaker_model",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_370",)
    path = "enable_network_isolation"
    message = (
        "The model's containers can send every request they answer, and the model itself, "
        "anywhere; a poisoned image or artifact would."
    )
    decides = "whether the model's containers may talk to the network"
    offer = Offer(
        Safety.REPLACE,
        "Isolate the model's containers",
        "The model is destroyed and created again. Its containers get no credentials and cannot "
        "call S3, Secrets Manager or a model hub: see that they do not have to. An endpoint takes "
        "the new model up with its next configuration.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return not is_only_serverless(resource)

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        if is_also_serverless(resource):
            return Advice(
                "A serverless endpoint may use this model too, and supports no network isolation. "
                "Give the endpoint on instances a model of its own, and isolate that one."
            )
        return with_successor(super().repair(site, resource, module), resource, module)
