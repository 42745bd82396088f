"""notebook-not-in-vpc: a notebook instance that stands in a network of SageMaker's."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.networks import place
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.shapes import RequireSet
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class NotebookNotInVpc(RequireSet):
    """The subnet and the security group are ones that the module has; both are ForceNew."""

    id = "notebook-not-in-vpc"
    title = "Notebook is outside your network"
    resources = ("aws_sagemaker_notebook_instance",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_306",)
    path = "subnet_id"
    message = (
        "This notebook stands in a network of SageMaker's: no security group, route or flow log of "
        "yours sees what it sends where."
    )
    decides = "which network the notebook stands in"
    advice = "Set subnet_id and security_groups to a private subnet and a group of yours."

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        if site.held is not None:
            return Advice(self.advice)
        placed = place(module, resource, resource.body, "subnet_id", "security_groups")
        if isinstance(placed, Advice):
            return placed
        return Offer(
            Safety.REPLACE,
            "Place the notebook in your network",
            "The notebook is destroyed and created again: copy what is on its volume first. It "
            "then reaches only what the subnet and the security group let it.",
        ).repair(*placed)
