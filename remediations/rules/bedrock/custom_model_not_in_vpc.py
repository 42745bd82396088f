"""custom-model-not-in-vpc: a tuning job that reads training data past your network."""

from __future__ import annotations

from remediations import networks
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.shapes import RequireBlock, block_text
from remediations.terraform.module import Module, Resource


class CustomModelNotInVpc(RequireBlock):
    """A job is placed when it starts, so the model is tuned again."""

    id = "custom-model-not-in-vpc"
    title = "Tuning job is outside your network"
    resources = ("aws_bedrock_custom_model",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    path = "vpc_config"
    message = (
        "The tuning job reads your training data in a network of AWS's: no endpoint policy or flow "
        "log of yours sees it."
    )
    offer = Offer(
        Safety.REPLACE,
        "Place the tuning job in your network",
        "The model is destroyed and tuned again, and the tuning is paid for again. The job reaches "
        "S3 only through an endpoint of your subnets.",
    )

    def block_text(self, resource: Resource, module: Module) -> str | Advice:
        found = networks.written(module, resource, "subnet_ids", "security_group_ids")
        return found if isinstance(found, Advice) else block_text(("vpc_config",), found)
