"""kms-policy-missing: a key whose policy nobody wrote."""

from __future__ import annotations

from remediations.key_policies import KEY, POLICY, policy
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import RequireSet
from remediations.shapes.place import Site
from remediations.terraform.edit import AddTopLevel, InsertAttribute
from remediations.terraform.module import Module, Resource


class KmsPolicyMissing(RequireSet):
    """What AWS writes then is what the fix writes: the account's own IAM decides."""

    id = "kms-policy-missing"
    title = "Key has no policy in the code"
    resources = (KEY,)
    severity = Severities(None, Severity.INFO, Severity.LOW)
    aliases = ("CKV2_AWS_64",)
    path = "policy"
    message = (
        "Who may use this key stands nowhere in the code: AWS's own policy leaves it to every IAM "
        "policy of the account, and no review sees when that changes."
    )
    decides = "who may use the key"
    advice = "Write the policy, with the account's root and the services that use the key."
    offer = Offer(
        Safety.SAFE,
        "Write the policy that the key has anyway",
        "In place, and the same as AWS's own: the account's IAM policies decide as before.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        return not any(_is_for(one, resource, module) for one in module.family_of_kind(POLICY))

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        if site.held is not None or self.offer is None:
            return Advice(self.advice)
        made = policy(module, None)
        insert = InsertAttribute(resource.body, self.path, made.text)
        lookups = (Targeted(resource.path, AddTopLevel(text)) for text in made.lookups)
        return self.offer.repair(Targeted(resource.path, insert), *lookups)


def _is_for(one: Resource, key: Resource, module: Module) -> bool:
    """Whether a policy resource is this key's, or may be."""
    held = one.attribute("key_id")
    named = one.home.references(held.value) if held and one.home is module else ()
    return key.address in named or not named
