"""Containers that must not run privileged, in the JSON that Batch and ECS take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from ..containers import encoded, written_out
from ..model import Known
from ..rule import Advice, Offer, Repair, Rule, Targeted, Violation
from ..terraform.edit import SetValue
from ..terraform.json_tree import JsonDocument
from ..terraform.module import Module, Resource
from ..terraform.nodes import Attribute, ObjectExpression
from .flags import is_true

_FLAG: Final = "privileged"
_WRITTEN: Final = re.compile(rf'(\\?"{_FLAG}\\?"\s*:\s*)(?:true|\\?"true\\?")')


class RequireUnprivileged(Rule):
    """One violation for each container that is; ``argument`` holds them."""

    argument: ClassVar[str]
    message: ClassVar[str]
    offer: ClassVar[Offer]

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """The flag of each container, in ``jsonencode`` and in JSON text."""
        held = resource.attribute(self.argument)
        if held is None:
            return
        for number, container in enumerate(encoded(held.value)):
            key = str(number) if number else ""
            yield from self._judge_container(container, key, resource, module)
        if any(is_true(one.get(_FLAG), default=False) for one in written_out(held.value)):
            yield Violation(_FLAG, self.message, self._in_text(held, resource, module), held)

    def offer_for(self, resource: Resource, module: Module) -> Offer:
        """What the edit costs for this resource."""
        return self.offer

    def _judge_container(
        self, container: ObjectExpression, key: str, resource: Resource, module: Module
    ) -> Iterator[Violation]:
        entry = container.entry(_FLAG)
        if entry is None:
            return
        value = module.evaluate(entry.value)
        if not isinstance(value, Known):
            advice = Advice("Make sure that it is `false` wherever this is applied.")
            message = f"`{_FLAG}` decides whether a container is root on its machine."
            yield Violation(_FLAG, message, advice, entry, value.reason, key)
        elif is_true(value.value, default=False):
            offer = self.offer_for(resource, module)
            repair = offer.repair(Targeted(resource.path, SetValue(entry.value, "false")))
            yield Violation(_FLAG, self.message, repair, entry, statement=key)

    def _in_text(self, held: Attribute, resource: Resource, module: Module) -> Repair | Advice:
        text = resource.document.text_of(held.value)
        changed = _WRITTEN.sub(r"\1false", text)
        if changed == text or isinstance(resource.document, JsonDocument):
            return Advice(f"Set `{_FLAG}` to false in the text.")
        offer = self.offer_for(resource, module)
        return offer.repair(Targeted(resource.path, SetValue(held.value, changed)))
