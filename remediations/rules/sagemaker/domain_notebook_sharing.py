"""domain-notebook-sharing: shared notebooks and their outputs without a key of your own."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.module import Module, Resource

_OUTER = {
    "aws_sagemaker_domain": "default_user_settings",
    "aws_sagemaker_user_profile": "user_settings",
}


class DomainNotebookSharing(RequireKey):
    """Asked only where sharing with outputs is allowed."""

    id = "domain-notebook-sharing"
    title = "Shared notebooks have no key of your own"
    resources = ("aws_sagemaker_domain", "aws_sagemaker_user_profile")
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    only_inside = True
    message = (
        "Notebooks are shared with their outputs, samples of training data among them, and without "
        "a key of your own whoever may read the bucket can read them."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt shared notebooks with {key}",
        "Applied in place; roles of people who share or open notebooks need {key}.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        path = f"{_OUTER[resource.kind]}.sharing_settings.notebook_output_option"
        return module.value_of(resource.attribute(path)) == Known("Allowed")

    def paths(self, resource: Resource) -> tuple[str, ...]:
        return (f"{_OUTER[resource.kind]}.sharing_settings.s3_kms_key_id",)

    def offer_for(self, resource: Resource, module: Module) -> Offer | Advice:
        if resource.kind == "aws_sagemaker_domain" and min(module.aws_majors) < 4:
            return Advice(
                "Version 3 of the provider replaces the domain for this, and its home directories "
                "are lost. Ask for a newer one, then set `s3_kms_key_id`."
            )
        return self.offer
