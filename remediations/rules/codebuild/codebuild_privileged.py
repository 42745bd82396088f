"""codebuild-privileged: a build is root on the machine it runs on."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse


class CodebuildPrivileged(RequireFalse):
    """Needed for building images with Docker only."""

    id = "codebuild-privileged"
    title = "Build runs privileged"
    resources = ("aws_codebuild_project",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_316",)
    path = "environment.privileged_mode"
    only_inside = True
    message = (
        "What this build runs, packages from the internet among it, reaches the devices of the "
        "machine around its container and can break out of it."
    )
    decides = "whether a build can reach the machine around its container"
    offer = Offer(
        Safety.REVIEW,
        "Take privileged mode away",
        "In place, from the next build on. A build that makes images with Docker fails then: give "
        "it an exception, or build without a daemon.",
    )
