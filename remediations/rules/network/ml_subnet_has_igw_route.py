"""ml-subnet-has-igw-route: a model or a notebook stands in a public subnet. Advice only."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.model import Severity
from remediations.networks import with_internet_route
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource

_PATHS = ("subnet_id", "subnet_ids", "vpc_config.subnets")


class MlSubnetHasIgwRoute(Rule):
    """Which other subnet it should stand in, nobody can tell from the text."""

    id = "ml-subnet-has-igw-route"
    title = "Model or notebook stands in a public subnet"
    resources = (
        "aws_sagemaker_notebook_instance",
        "aws_sagemaker_domain",
        "aws_sagemaker_model",
    )
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    message = (
        "This subnet has a route to the internet gateway: one public address or one open security "
        "group, and what works on the data is reachable from everywhere."
    )
    advice = "Put it in a subnet that reaches out through a NAT gateway or VPC endpoints only."

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        public = module.remember("internet routes", lambda: with_internet_route(module))
        for path in _PATHS:
            held = resource.attribute(path)
            if held is not None and public & set(module.references(held.value)):
                yield Violation(path, self.message, Advice(self.advice), held)
