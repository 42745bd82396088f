"""instance-root-unencrypted: what an instance writes lies in plain text."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue
from remediations.terraform.module import Module, Resource

BY_DEFAULT = "aws_ebs_encryption_by_default"


class InstanceRootUnencrypted(RequireTrue):
    """The root volume is there without a block; further ones are only where they are written."""

    id = "instance-root-unencrypted"
    title = "Instance's volumes are not encrypted"
    resources = ("aws_instance", "aws_launch_configuration")
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_8",)
    message = (
        "Samples, checkpoints and credentials that this machine writes lie in plain text, on "
        "volumes and in every snapshot of them."
    )
    decides = "whether what this machine writes is encrypted"
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the volumes",
        "The machine is destroyed and created again: copy what is on its volumes first.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        if any(_is_on(one) for one in module.family_of_kind(BY_DEFAULT)):
            return False
        return resource.may_hold("root_block_device") or not resource.may_hold("launch_template")

    def paths(self, resource: Resource) -> tuple[str, ...]:
        held = resource.body.blocks("ebs_block_device")
        return ("root_block_device.encrypted", *(["ebs_block_device.encrypted"] if held else []))


def _is_on(setting: Resource) -> bool:
    return setting.value("enabled") in (Known(None), Known(True))
