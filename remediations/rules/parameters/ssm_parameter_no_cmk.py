"""ssm-parameter-no-cmk: an encrypted parameter without a key of your own."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.module import Module, Resource


class SsmParameterNoCmk(RequireKey):
    """Parameters in plain text take no key."""

    id = "ssm-parameter-no-cmk"
    title = "Encrypted parameter has no key of your own"
    resources = ("aws_ssm_parameter",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_337",)
    path = "key_id"
    message = (
        "The secret is encrypted with a key of AWS that every role of this account may use: "
        "whoever may read parameters reads it, and no key policy says otherwise."
    )
    offer = Offer(
        Safety.REVIEW,
        "Encrypt the parameter with {key}",
        "In place, as a new version. Whoever reads it needs {key}.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return resource.value("type") == Known("SecureString")
