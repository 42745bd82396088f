"""ecs-service-public-ip: containers on the internet."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse


class EcsServicePublicIp(RequireFalse):
    """Off where nobody says otherwise."""

    id = "ecs-service-public-ip"
    title = "Containers have public addresses"
    resources = ("aws_ecs_service",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_333",)
    path = "network_configuration.assign_public_ip"
    only_inside = True
    message = (
        "Every container of this service is on the internet: a model server answers past the load "
        "balancer, and whatever protects it there."
    )
    decides = "whether containers are on the internet"
    offer = Offer(
        Safety.REVIEW,
        "Give containers no public address",
        "In place; tasks are started anew. They need a NAT gateway or VPC endpoints to pull their "
        "image.",
    )
