"""fsx-lustre-no-cmk: a training file system without a key of your own."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.module import Module, Resource


class FsxLustreNoCmk(RequireKey):
    """Scratch file systems take no key."""

    id = "fsx-lustre-no-cmk"
    title = "Training file system has no key of your own"
    resources = ("aws_fsx_lustre_file_system",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_190",)
    path = "kms_key_id"
    message = (
        "Training data on this file system is encrypted with a key of AWS: nobody here can see who "
        "opens it, or take the key away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the file system with {key}",
        "The file system is destroyed and created again; what is not in its bucket is lost.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        kind = module.value_of(resource.attribute("deployment_type"))
        return isinstance(kind, Known) and str(kind.value).startswith("PERSISTENT")
