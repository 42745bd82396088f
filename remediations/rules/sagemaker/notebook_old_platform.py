"""notebook-old-platform: a notebook on a platform that gets no more fixes."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.shapes import RequireValue
from remediations.terraform.module import Module, Resource


class NotebookOldPlatform(RequireValue):
    """Only a platform that is named: what an absent one means is AWS's own choice."""

    id = "notebook-old-platform"
    title = "Notebook runs on a platform without fixes"
    resources = ("aws_sagemaker_notebook_instance",)
    severity = Severities(Severity.LOW, Severity.LOW, Severity.MEDIUM)
    path = "platform_identifier"
    allowed = ("notebook-al2-v3",)
    absent_is = "notebook-al2-v3"
    message = (
        "AWS no longer fixes this platform: holes in its system, its Python and its JupyterLab "
        "stay open."
    )
    decides = "which platform the notebook runs on"
    offer = Offer(
        Safety.REPLACE,
        "Move to a platform that gets fixes",
        "The notebook is destroyed and created again: copy what is on its volume first. It gets "
        "JupyterLab 4; extensions for older ones have to be installed anew.",
    )
    _old = ("notebook-al1-v1", "notebook-al2-v1", "notebook-al2-v2")

    def is_fine(self, value: object) -> bool:
        return value not in self._old

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        if max(module.aws_majors) < 5:
            return Advice("Ask for version 5 of the provider: older ones refuse newer platforms.")
        return super().offer_for(resource, module)
