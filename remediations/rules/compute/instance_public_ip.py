"""instance-public-ip: a machine on the internet."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.shapes import RequireFalse
from remediations.terraform.module import Module, Resource

TEMPLATE = "aws_launch_template"


class InstancePublicIp(RequireFalse):
    """Left out, the subnet decides; that is judged at the subnet."""

    id = "instance-public-ip"
    title = "Machine has a public address"
    resources = ("aws_instance", TEMPLATE)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_88",)
    only_inside = True
    message = (
        "This machine is on the internet: one open port, a notebook or a model server, and whoever "
        "finds it first has its role and its data."
    )
    decides = "whether this machine is on the internet"

    def paths(self, resource: Resource) -> tuple[str, ...]:
        name = "associate_public_ip_address"
        return (f"network_interfaces.{name}" if resource.kind == TEMPLATE else name,)

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        needs = "It needs a NAT gateway or VPC endpoints to reach anything outside."
        if resource.kind == TEMPLATE:
            cost = f"In place, for machines that start from now on. {needs}"
            return Offer(Safety.REVIEW, "Give it no public address", cost)
        cost = f"The machine is destroyed and created again. {needs}"
        return Offer(Safety.REPLACE, "Give it no public address", cost)
