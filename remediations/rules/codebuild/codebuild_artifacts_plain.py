"""codebuild-artifacts-plain: what a build makes is not encrypted."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse
from remediations.terraform.module import Resource

# CodeBuild writes nothing then, or CodePipeline does:
# https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html
_WRITES_NONE = (Known("NO_ARTIFACTS"), Known("CODEPIPELINE"))


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

    def paths(self, resource: Resource) -> tuple[str, ...]:
        first, others = "artifacts.encryption_disabled", "secondary_artifacts.encryption_disabled"
        return (others,) if resource.value("artifacts.type") in _WRITES_NONE else (first, others)
