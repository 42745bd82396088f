"""kms-rotation-off: a key whose material never changes."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue
from remediations.terraform.module import Module, Resource


class KmsRotationOff(RequireTrue):
    """Only symmetric keys with AWS's own material are rotated; others are left alone."""

    id = "kms-rotation-off"
    title = "Key is never rotated"
    resources = ("aws_kms_key",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_7",)
    path = "enable_key_rotation"
    message = (
        "The material of this key stays the same for ever: whoever got at it once reads data sets "
        "and models of all years."
    )
    decides = "whether the key's material changes every year"
    offer = Offer(
        Safety.SAFE, "Rotate the key every year", "In place; what is encrypted stays readable."
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        spec = module.value_of(resource.attribute("customer_master_key_spec"))
        usage = module.value_of(resource.attribute("key_usage"))
        stores = (resource.attribute(name) for name in ("custom_key_store_id", "xks_key_id"))
        return (
            spec in (Known(None), Known("SYMMETRIC_DEFAULT"))
            and usage in (Known(None), Known("ENCRYPT_DECRYPT"))
            and not any(one is not None for one in stores)
        )
