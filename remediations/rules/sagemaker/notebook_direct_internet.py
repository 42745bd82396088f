"""notebook-direct-internet: a notebook instance with a way to the internet around your network."""

from __future__ import annotations

from dataclasses import replace

from remediations.model import Safety, Severity
from remediations.networks import place
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.sagemaker import is_left_out
from remediations.shapes import RequireValue
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class NotebookDirectInternet(RequireValue):
    """``Disabled`` is refused without a subnet and a security group, so they are written too.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html
    """

    id = "notebook-direct-internet"
    title = "Notebook has direct internet access"
    resources = ("aws_sagemaker_notebook_instance",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_122",)
    path = "direct_internet_access"
    allowed = ("Disabled",)
    absent_is = "Enabled"
    message = (
        "This notebook has its own way to the internet, past your network: whatever runs on it can "
        "send training data anywhere."
    )
    decides = "whether the notebook reaches the internet past your network"
    offer = Offer(
        Safety.REPLACE,
        "Close the direct way to the internet",
        "The notebook is destroyed and created again: copy what is on its volume first. It then "
        "reaches S3, SageMaker and package indexes only through VPC endpoints or a NAT gateway.",
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        for name in ("subnet_id", "security_groups"):
            if name in resource.body.attributes and is_left_out(resource, name):
                return Advice(
                    f"`Disabled` is refused without a subnet and a security group, and `{name}` is "
                    "empty here. Give the notebook both first."
                )
        offered = super().repair(site, resource, module)
        placed = place(module, resource, resource.body, "subnet_id", "security_groups")
        if isinstance(offered, Advice):
            return offered
        if isinstance(placed, Advice):
            return placed
        return replace(offered, intents=(*offered.intents, *placed))
