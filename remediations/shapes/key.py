"""An argument that has to name a KMS key of your own."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from ..key_policies import ServiceUse
from ..keys import choose_key, set_key, uses_own_key
from ..model import Known, Unknown, Value
from ..rule import Advice, Repair
from ..terraform.module import Module, Resource
from ..terraform.nodes import Body
from .arguments import Argument
from .place import Site
from .written import set_at


class RequireKey(Argument):
    """Absent, null, "" and AWS's own keys are no keys of your own; what is passed in may be one.

    ``{key}`` in the offer's words is how the chosen key is spoken of.
    """

    decides = "which key encrypts this"
    service: ClassVar[ServiceUse | None] = None
    """One that uses the key with its own rights, so that the key's policy has to name it."""

    def value_at(self, site: Site, module: Module) -> Value:
        """Whether a key of your own stands there, or may."""
        return Unknown(site.hidden) if site.hidden else Known(uses_own_key(module, site.held))

    def is_fine(self, value: object) -> bool:
        """What ``value_at`` found out."""
        return value is True

    def should_be(self) -> str:
        """Whose key."""
        return "a key of your own"

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        """The module's one key, or a new one."""
        offer = self.offer_for(resource, module)
        if isinstance(offer, Advice):
            return offer
        key = choose_key(module, resource, self.service)
        if isinstance(key, str):
            return Advice(key)
        if site.missing or not isinstance(site.holder, Body):
            written = set_at(site, resource, key.reference, self.beside)
        else:
            written = set_key(resource, site.holder, site.name, key, self.after)
        if isinstance(written, Advice):
            return written
        title = offer.title.replace("{key}", key.words)
        cost = offer.cost.replace("{key}", "the new key" if key.is_new else key.words)
        priced = replace(offer, title=title, cost=f"{cost} {key.note}".strip())
        return priced.repair(written, *key.intents, touches=key.touches)
