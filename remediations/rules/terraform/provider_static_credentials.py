"""provider-static-credentials: keys of AWS in the provider's block."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import RemoveItem
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Expression

_NAMES = ("access_key", "secret_key", "token")


class ProviderStaticCredentials(Rule):
    """The values are never repeated. A provider that checks none speaks to a stand-in for AWS."""

    id = "provider-static-credentials"
    title = "Provider holds credentials"
    resources = ("provider",)
    severity = Severities(Severity.CRITICAL, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_41",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.name != "aws" or resource.value("skip_credentials_validation") == Known(True):
            return
        held = [resource.body.attributes[n] for n in _NAMES if n in resource.body.attributes]
        found = [one for one in held if _is_written(module, one.value)]
        if not found:
            return
        message = (
            "Credentials of AWS stand in the code: they are in its history for everybody who ever "
            "clones it, and whoever finds them is you."
        )
        offer = Offer(
            Safety.REVIEW,
            "Take the credentials out of the provider",
            "Terraform then takes them from its environment, a profile or a role. Revoke these at "
            "once: they stay in the history.",
        )
        repair = offer.repair(*(Targeted(resource.path, RemoveItem(one)) for one in found))
        yield Violation(found[0].name, message, repair, found[0])


def _is_written(module: Module, value: Expression) -> bool:
    known = module.evaluate(value)
    return isinstance(known, Known) and bool(known.value)
