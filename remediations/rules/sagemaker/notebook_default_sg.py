"""notebook-default-sg: a notebook in your subnet, in the VPC's default security group."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.networks import place
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.sagemaker import is_left_out
from remediations.shapes import RequireSet
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class NotebookDefaultSg(RequireSet):
    """A notebook without a subnet has a rule of its own."""

    id = "notebook-default-sg"
    title = "Notebook is in the default security group"
    resources = ("aws_sagemaker_notebook_instance",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    path = "security_groups"
    message = (
        "Without `security_groups` the notebook is in the VPC's default group, which lets it talk "
        "to everything else there and to everywhere outside."
    )
    decides = "which security groups the notebook is in"
    advice = "Set security_groups to a group that lets out only what the notebook needs."

    def applies(self, resource: Resource, module: Module) -> bool:
        return not is_left_out(resource, "subnet_id")

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        if site.held is not None:
            return Advice(self.advice)
        placed = place(module, resource, resource.body, "subnet_id", "security_groups")
        if isinstance(placed, Advice):
            return placed
        return Offer(
            Safety.REPLACE,
            "Give the notebook its own security group",
            "The notebook is destroyed and created again: copy what is on its volume first.",
        ).repair(*placed)
