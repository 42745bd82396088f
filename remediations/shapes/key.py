"""An argument that has to name a KMS key of your own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from ..key_policies import ServiceUse
from ..keys import KeyChoice, choose_key, set_key, uses_own_key
from ..model import Known, Unknown, Value
from ..rule import Advice, Repair, Targeted
from ..terraform.edit import InsertAttribute, SetValue
from ..terraform.module import Module, Resource
from ..terraform.nodes import Body
from .arguments import Argument
from .place import Site
from .written import set_at


class RequireKey(Argument):
    """Absent, null, "" and AWS's own keys are no keys of your own; what is passed in may be one.

    ``{key}`` in the offer's words is how the chosen key is spoken of. ``beside`` names what has to
    be said along with a key for it to be used at all.
    """

    decides = "which key encrypts this"
    service: ClassVar[ServiceUse | None] = None
    """One that uses the key with its own rights, so that the key's policy has to name it."""

    def value_at(self, site: Site, module: Module) -> Value:
        """Whether a key of your own stands there, or may."""
        if site.hidden:
            return Unknown(site.hidden)
        is_own = uses_own_key(module, site.held)
        return Known(is_own and not list(self._unsaid(site, module)))

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
        key = self._key(site, resource, module)
        if isinstance(key, str):
            return Advice(key)
        written = self._written(site, resource, module, key)
        if isinstance(written, Advice):
            return written
        title = offer.title.replace("{key}", key.words)
        cost = offer.cost.replace("{key}", "the new key" if key.is_new else key.words)
        priced = replace(offer, title=title, cost=f"{cost} {key.note}".strip())
        return priced.repair(*written, *key.intents, touches=key.touches)

    def _key(self, site: Site, resource: Resource, module: Module) -> KeyChoice | str:
        """The one that is there already, and lacks only what stands beside it, stays."""
        if site.held is not None and uses_own_key(module, site.held):
            return KeyChoice(resource.document.text_of(site.held.value))
        return choose_key(module, resource, self.service_for(resource, module))

    def service_for(self, resource: Resource, module: Module) -> ServiceUse | None:
        """The service that uses the key of this resource, where resources differ."""
        return self.service

    def _written(
        self, site: Site, resource: Resource, module: Module, key: KeyChoice
    ) -> tuple[Targeted, ...] | Advice:
        body = site.holder
        beside = self.beside_at(site)
        if site.missing or not isinstance(body, Body):
            made = set_at(site, resource, key.reference, beside)
            return made if isinstance(made, Advice) else (made,)
        said: list[Targeted] = []
        for name in self._unsaid(site, module):
            held, text = body.attributes.get(name), beside[name]
            intent = SetValue(held.value, text) if held else InsertAttribute(body, name, text)
            said.append(Targeted(resource.path, intent))
        if not uses_own_key(module, site.held):
            chosen = set_key(resource, body, site.name, key, self.after)
            if isinstance(chosen, Advice):
                return chosen
            said.append(chosen)
        return tuple(said)

    def beside_at(self, site: Site) -> Mapping[str, str]:
        """What has to be said along with the key, where places differ."""
        return self.beside

    def _unsaid(self, site: Site, module: Module) -> Iterator[str]:
        """What of ``beside`` is known to be missing, or to be something else."""
        if site.missing or not isinstance(site.holder, Body):
            return
        for name, text in self.beside_at(site).items():
            value = module.value_of(site.holder.attributes.get(name))
            if isinstance(value, Known) and text.strip('"') != _word(value.value):
                yield name


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
