"""glue-security-configuration-off: a security configuration that leaves something in plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remediations.key_policies import CLOUDWATCH_LOGS
from remediations.model import Known, Safety, Severity, Unknown, Value
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Body

_MODES: Final = {
    "cloudwatch_encryption": ("cloudwatch_encryption_mode", "SSE-KMS"),
    "job_bookmarks_encryption": ("job_bookmarks_encryption_mode", "CSE-KMS"),
    "s3_encryption": ("s3_encryption_mode", "SSE-KMS"),
}


class GlueSecurityConfigurationOff(RequireKey):
    """Off, where nobody says otherwise. What is encrypted by S3 itself is encrypted."""

    id = "glue-security-configuration-off"
    title = "Security configuration leaves data in plain text"
    resources = ("aws_glue_security_configuration",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_99",)
    message = (
        "Jobs that prepare training data are told to protect what they write, and this leaves "
        "part of it (files, logs or bookmarks) without a key of yours."
    )
    decides = "what of a job's output is encrypted"
    service = CLOUDWATCH_LOGS
    offer = Offer(
        Safety.REPLACE,
        "Encrypt it with {key}",
        "The configuration is destroyed and created again under its name; start no job in "
        "between. Roles of the jobs that use it need {key}.",
    )

    def paths(self, resource: Resource) -> tuple[str, ...]:
        return tuple(f"encryption_configuration.{block}.kms_key_arn" for block in _MODES)

    def beside_at(self, site: Site) -> Mapping[str, str]:
        """The mode of the block that this is about."""
        held = getattr(site.block, "type", "")
        name, mode = _MODES[site.missing[-1] if site.missing else held]
        return {name: f'"{mode}"'}

    def value_at(self, site: Site, module: Module) -> Value:
        if site.hidden or site.missing or not isinstance(site.holder, Body):
            return Unknown(site.hidden) if site.hidden else Known(False)
        name = next(iter(self.beside_at(site)))
        mode = module.value_of(site.holder.attributes.get(name))
        if isinstance(mode, Unknown) or mode.value == "SSE-S3":
            return mode if isinstance(mode, Unknown) else Known(True)
        return super().value_at(site, module)
