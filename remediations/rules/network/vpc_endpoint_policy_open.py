"""vpc-endpoint-policy-open: a way out for data, past every firewall."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import RequireSet
from remediations.shapes.place import Site
from remediations.shapes.written import set_at
from remediations.terraform.edit import InsertAttribute
from remediations.terraform.module import Module, Resource
from remediations.vpc_endpoints import ENDPOINT, policy_for, service_of, takes_a_policy

APART = "aws_vpc_endpoint_policy"


class VpcEndpointPolicyOpen(RequireSet):
    """Without a policy an endpoint lets anybody's credentials do anything."""

    id = "vpc-endpoint-policy-open"
    title = "VPC endpoint has no policy"
    resources = (ENDPOINT,)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    path = "policy"
    message = (
        "Through this endpoint anybody's credentials work: code in the VPC can copy training data "
        "into a stranger's account, past every firewall."
    )
    decides = "whose credentials work through this endpoint"
    offer = Offer(
        Safety.REVIEW,
        "Let only this account's principals through",
        "In place. Principals of another account are refused here from then on.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        if not takes_a_policy(service_of(resource)):
            return False
        return not any(_is_for(one, resource, module) for one in module.of_kind(APART))

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        policy = policy_for(module, service_of(resource))
        written: Targeted | Advice
        if site.held is None:
            written = Targeted(resource.path, InsertAttribute(resource.body, "policy", policy.text))
        else:
            written = set_at(site, resource, policy.text, {})
        if isinstance(written, Advice):
            return written
        return self.offer.repair(written, *policy.written(resource.path))


def _is_for(one: Resource, endpoint: Resource, module: Module) -> bool:
    held = one.attribute("vpc_endpoint_id")
    named = module.references(held.value) if held else ()
    return endpoint.address in named or not named
