"""efs-no-cmk: a shared file system without a key of your own."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.shapes.flags import is_true
from remediations.terraform.module import Module, Resource


class EfsNoCmk(RequireKey):
    """Where nothing is encrypted at all, another rule says so."""

    id = "efs-no-cmk"
    title = "Shared file system has no key of your own"
    resources = ("aws_efs_file_system",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_184",)
    path = "kms_key_id"
    message = (
        "Files are encrypted with a key of AWS: nobody here can see who opens them, or take the "
        "key away."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the file system with {key}",
        "The file system is destroyed and created again, with everything on it: copy its files "
        "first.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        encrypted = module.value_of(resource.attribute("encrypted"))
        return isinstance(encrypted, Known) and is_true(encrypted.value, default=False)
