"""launch-template-ebs-unencrypted: what machines of a template write lies in plain text."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue
from remediations.terraform.module import Module, Resource

BY_DEFAULT = "aws_ebs_encryption_by_default"


class LaunchTemplateEbsUnencrypted(RequireTrue):
    """Only volumes that are written: what others are called, the image alone knows."""

    id = "launch-template-ebs-unencrypted"
    title = "Launch template's volumes are not encrypted"
    resources = ("aws_launch_template",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    path = "block_device_mappings.ebs.encrypted"
    only_inside = True
    message = (
        "Samples, checkpoints and credentials that machines of this template write lie in plain "
        "text, on volumes and in every snapshot of them."
    )
    decides = "whether what these machines write is encrypted"
    offer = Offer(
        Safety.SAFE,
        "Encrypt the volumes",
        "In place, for machines that start from now on, with the account's key for EBS.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return not any(_is_on(one) for one in module.family_of_kind(BY_DEFAULT))

    def wanted(self) -> str:
        """The provider takes a text here."""
        return '"true"'


def _is_on(setting: Resource) -> bool:
    return setting.value("enabled") in (Known(None), Known(True))
