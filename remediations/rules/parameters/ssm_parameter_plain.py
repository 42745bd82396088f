"""ssm-parameter-plain: a parameter that is named like a secret, in plain text."""

from __future__ import annotations

from remediations.credentials import has_shape, is_named_so
from remediations.keys import choose_key, set_key, uses_own_key
from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import RequireValue
from remediations.shapes.place import Site
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource


class SsmParameterPlain(RequireValue):
    """What its name, or the form of its value, says is a secret."""

    id = "ssm-parameter-plain"
    title = "Secret is kept as a plain parameter"
    resources = ("aws_ssm_parameter",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV2_AWS_34",)
    path = "type"
    allowed = ("SecureString",)
    message = (
        "What is named like a secret lies in plain text: whoever may read parameters, every "
        "notebook's role for one, reads it, and no key is asked."
    )
    decides = "whether this is kept encrypted"

    def applies(self, resource: Resource, module: Module) -> bool:
        name, value = (module.value_of(resource.attribute(n)) for n in ("name", "value"))
        words = [str(name.value)] if isinstance(name, Known) else []
        is_named = any(is_named_so(word) for word in (resource.name, *words))
        return is_named or (isinstance(value, Known) and has_shape(str(value.value)))

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        advice = Advice("Keep it as a SecureString, with a key of yours.")
        if site.held is None or resource.attribute("insecure_value") is not None:
            return advice
        written = Targeted(resource.path, SetValue(site.held.value, self.wanted()))
        held = resource.body.attributes.get("key_id")
        if held is not None and uses_own_key(module, held):
            words = f"`{resource.document.text_of(held.value)}`"
            return _offer(words, "").repair(written)
        key = choose_key(module, resource)
        if isinstance(key, str):
            return Advice(key)
        chosen = set_key(resource, resource.body, "key_id", key)
        if isinstance(chosen, Advice):
            return chosen
        offer = _offer(key.words, key.note)
        return offer.repair(written, chosen, *key.intents, touches=key.touches)


def _offer(key: str, note: str) -> Offer:
    cost = (
        "In place; where AWS refuses another type for a name, create it again. Whoever reads it "
        f"has to ask for decryption and needs the key. {note}"
    )
    return Offer(Safety.REVIEW, f"Keep it encrypted with {key}", cost.strip())
