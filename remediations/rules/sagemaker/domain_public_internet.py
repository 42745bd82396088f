"""domain-public-internet: Studio apps that reach the internet past your network."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.shapes import RequireValue
from remediations.terraform.module import Module, Resource


class DomainPublicInternet(RequireValue):
    """In place since provider 5.73.0, a replacement before: only sure from version 6 on."""

    id = "domain-public-internet"
    title = "Studio has direct internet access"
    resources = ("aws_sagemaker_domain",)
    severity = Severities(Severity.LOW, Severity.HIGH, Severity.HIGH)
    path = "app_network_access_type"
    allowed = ("VpcOnly",)
    absent_is = "PublicInternetOnly"
    message = (
        "Every notebook and app of this domain reaches the internet past your network, so whatever "
        "runs there can send training data anywhere."
    )
    decides = "whether Studio reaches the internet past your network"
    offer = Offer(
        Safety.REVIEW,
        "Send Studio's traffic through your network",
        "Applied in place, but refused while apps run. Afterwards Studio reaches S3, SageMaker and "
        "package indexes only through VPC endpoints or a NAT gateway of your subnets.",
    )

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        if min(module.aws_majors) >= 5:
            return super().offer_for(resource, module)
        return Advice(
            "Before 5.73.0 the provider replaces the domain for this, and its profiles and home "
            "directories are lost. Ask for a newer one, then set it to VpcOnly."
        )
