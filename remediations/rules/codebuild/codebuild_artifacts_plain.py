"""codebuild-artifacts-plain: what a build makes is not encrypted."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse
from remediations.terraform.module import Module, Resource


class CodebuildArtifactsPlain(RequireFalse):
    """Encrypted where nobody says otherwise."""

    id = "codebuild-artifacts-plain"
    title = "Build's artifacts are not encrypted"
    resources = ("aws_codebuild_project",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_78",)
    message = "What this build makes, packages and models among it, is written without encryption."
    decides = "whether what is built is encrypted"
    only_inside = True
    offer = Offer(
        Safety.REVIEW,
        "Encrypt what is built",
        "In place, from the next build on. Whoever uses what is built needs the key.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return resource.value("artifacts.type") != Known("NO_ARTIFACTS")

    def paths(self, resource: Resource) -> tuple[str, ...]:
        return ("artifacts.encryption_disabled", "secondary_artifacts.encryption_disabled")
