"""model-not-in-vpc: a model whose containers stand in a network of SageMaker's."""

from __future__ import annotations

from remediations import networks
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.sagemaker import is_also_serverless, is_only_serverless, with_successor
from remediations.shapes import RequireBlock, block_text
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class ModelNotInVpc(RequireBlock):
    """A model that only serverless endpoints use can stand in no network of yours."""

    id = "model-not-in-vpc"
    title = "Model is outside your network"
    resources = ("aws_sagemaker_model",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    path = "vpc_config"
    message = (
        "The model's containers stand in a network of SageMaker's: no security group, route or "
        "flow log of yours sees what they send where."
    )
    advice = "Add vpc_config with private subnets and a security group of yours."
    offer = Offer(
        Safety.REPLACE,
        "Place the model in your network",
        "The model is destroyed and created again; an endpoint takes the new one up with its next "
        "configuration. Its containers then reach only what subnets and groups let them.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return not is_only_serverless(resource)

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        if is_also_serverless(resource):
            return Advice(
                "A serverless endpoint may use this model too, and supports no VPC. Give the "
                "endpoint on instances a model of its own, and place that one in your network."
            )
        return with_successor(super().repair(site, resource, module), resource, module)

    def block_text(self, resource: Resource, module: Module) -> str | Advice:
        found = networks.written(module, resource, "subnets", "security_group_ids")
        return found if isinstance(found, Advice) else block_text(("vpc_config",), found)
