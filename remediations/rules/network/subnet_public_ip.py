"""subnet-public-ip: what starts here is on the internet."""

from __future__ import annotations

import re

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse
from remediations.terraform.module import Module, Resource

_MEANT = re.compile(r"(^|[-_])(public|dmz|edge|nat|alb|lb|ingress)([-_]|$)", re.IGNORECASE)


class SubnetPublicIp(RequireFalse):
    """A subnet that is called public is meant to be; any other one is not."""

    id = "subnet-public-ip"
    title = "Subnet gives out public addresses"
    resources = ("aws_subnet",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_130",)
    path = "map_public_ip_on_launch"
    message = (
        "Whatever is started in this subnet, a training instance for one, gets an address on the "
        "internet without anybody having asked for it."
    )
    decides = "whether what starts here gets a public address"
    offer = Offer(
        Safety.REVIEW,
        "Give no public addresses out",
        "In place, for what is started from now on. It needs a NAT gateway or VPC endpoints to "
        "reach anything outside.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return not _MEANT.search(resource.name)
