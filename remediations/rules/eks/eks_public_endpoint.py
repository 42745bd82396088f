"""eks-public-endpoint: a cluster whose API anybody can reach."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity, Unknown, Value
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import RequireFalse
from remediations.shapes.flags import is_true
from remediations.shapes.place import Site
from remediations.shapes.written import set_at
from remediations.terraform.edit import InsertAttribute, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Body

_PRIVATE = "endpoint_private_access"
_EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})


class EksPublicEndpoint(RequireFalse):
    """Open to the world where nobody says otherwise; named ranges are somebody's choice."""

    id = "eks-public-endpoint"
    title = "Cluster's API is reachable from everywhere"
    resources = ("aws_eks_cluster",)
    severity = Severities(Severity.LOW, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_38", "CKV_AWS_39")
    path = "vpc_config.endpoint_public_access"
    absent_is = True
    message = (
        "Anybody on the internet can knock at this cluster's API: one leaked token is enough to "
        "start pods with the roles that read training data."
    )
    decides = "whether the cluster's API can be reached from everywhere"
    offer = Offer(
        Safety.REVIEW,
        "Let the API be reached from the VPC only",
        "In place, in some minutes. Who deploys from outside of the network, CI for one, is cut "
        "off; name its addresses in public_access_cidrs instead.",
    )

    def value_at(self, site: Site, module: Module) -> Value:
        """Whether everybody gets in: public, and from everywhere."""
        value = super().value_at(site, module)
        if isinstance(site.holder, Body) and not site.missing and not site.hidden:
            ranges = module.value_of(site.holder.attributes.get("public_access_cidrs"))
            if isinstance(value, Known) and not is_true(value.value, default=True):
                return Known(False)
            if isinstance(ranges, Unknown):
                return ranges
            held = ranges.value if isinstance(ranges.value, tuple) else ()
            if held and not _EVERYWHERE & {*map(str, held)}:
                return Known(False)
        return value

    def is_fine(self, value: object) -> bool:
        return not is_true(value, default=True)

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        written = set_at(site, resource, "false", {})
        if not isinstance(site.holder, Body) or isinstance(written, Advice) or site.missing:
            return Advice("Set endpoint_private_access = true and endpoint_public_access = false.")
        held = site.holder.attributes.get(_PRIVATE)
        value = module.value_of(held)
        if isinstance(value, Known) and is_true(value.value, default=False):
            return self.offer.repair(written)
        if isinstance(value, Unknown):
            return Advice(
                f"Set endpoint_public_access = false where `{_PRIVATE}` is true; without both, "
                "nobody reaches the API."
            )
        private = (
            SetValue(held.value, "true") if held else InsertAttribute(site.holder, _PRIVATE, "true")
        )
        return self.offer.repair(Targeted(resource.path, private), written)
