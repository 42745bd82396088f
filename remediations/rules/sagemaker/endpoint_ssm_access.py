"""endpoint-ssm-access: a shell on the instances that serve a model."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.sagemaker import VARIANTS, with_rollover
from remediations.shapes import RequireFalse
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource


class EndpointSsmAccess(RequireFalse):
    """Each variant is judged, shadow variants too."""

    id = "endpoint-ssm-access"
    title = "Endpoint instances can be logged in to"
    resources = ("aws_sagemaker_endpoint_configuration",)
    severity = Severities(Severity.INFO, Severity.MEDIUM, Severity.HIGH)
    only_inside = True
    message = (
        "Whoever may start a session is root in the containers that serve this model, next to the "
        "requests, the artifact and the role's credentials."
    )
    decides = "whether people can log in to the instances that serve the model"
    offer = Offer(Safety.REPLACE, "Take the shell on the endpoint away", "")

    def paths(self, resource: Resource) -> tuple[str, ...]:
        return tuple(f"{type}.enable_ssm_access" for type in VARIANTS)

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        repair = super().repair(site, resource, module)
        return with_rollover(repair, resource, module, "enable_ssm_access")
