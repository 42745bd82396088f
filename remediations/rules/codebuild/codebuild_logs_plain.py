"""codebuild-logs-plain: what a build prints is not encrypted."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse


class CodebuildLogsPlain(RequireFalse):
    """Encrypted where nobody says otherwise."""

    id = "codebuild-logs-plain"
    title = "Build's logs are not encrypted"
    resources = ("aws_codebuild_project",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_311",)
    path = "logs_config.s3_logs.encryption_disabled"
    only_inside = True
    message = (
        "What this build prints, tokens and samples among it, is written to S3 without encryption."
    )
    decides = "whether what a build prints is encrypted"
    offer = Offer(Safety.SAFE, "Encrypt the logs", "In place, from the next build on.")
