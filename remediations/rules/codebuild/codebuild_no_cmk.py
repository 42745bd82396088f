"""codebuild-no-cmk: what a build makes without a key of your own."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.module import Module, Resource


class CodebuildNoCmk(RequireKey):
    """Left out it is AWS's key for S3; a build without artifacts has nothing to encrypt."""

    id = "codebuild-no-cmk"
    title = "Build has no key of your own"
    resources = ("aws_codebuild_project",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_147",)
    path = "encryption_key"
    message = (
        "What this build makes, packages and models among it, is encrypted with a key of AWS, "
        "which nobody here can audit or take away."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt what is built with {key}",
        "In place, from the next build on. The build's role, and whoever uses what it makes, "
        "needs {key}.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return resource.value("artifacts.type") != Known("NO_ARTIFACTS")
