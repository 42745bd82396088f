"""provider-static-credentials: keys of AWS in the provider's block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import RemoveItem
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute

# What no key of AWS looks like stands for one: a placeholder, or what a stand-in for AWS takes.
_FORMS = {
    "access_key": re.compile(r"[A-Z0-9]{16,128}"),
    "secret_key": re.compile(r"[A-Za-z0-9/+]{40}"),
    "token": re.compile(r"[A-Za-z0-9/+=]{100,}"),
}


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
        held = [resource.body.attributes[n] for n in _FORMS if n in resource.body.attributes]
        found = [one for one in held if _is_written(module, one)]
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


def _is_written(module: Module, held: Attribute) -> bool:
    known = module.value_of(held)
    return isinstance(known, Known) and bool(_FORMS[held.name].fullmatch(str(known.value)))
