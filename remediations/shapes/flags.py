"""Several flags of one resource that have to be true together: one finding, one fix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ..model import Known, Unknown
from ..rule import Rule, Targeted
from ..terraform.edit import InsertAttribute, Intent, SetValue
from ..terraform.module import Module, Resource
from ..terraform.nodes import Attribute


class RequireFlags(Rule):
    """Flags that have to be true; absent and null count as ``absent_is``."""

    flags: ClassVar[tuple[str, ...]]
    absent_is: ClassVar[bool] = False

    def off(self, resource: Resource, module: Module) -> Iterator[tuple[str, Attribute | None]]:
        """Flags that are known to be off."""
        for flag in self.flags:
            attribute = resource.attribute(flag)
            value = module.value_of(attribute)
            if isinstance(value, Known) and not is_true(value.value, default=self.absent_is):
                yield flag, attribute

    def unsettled(self, resource: Resource, module: Module) -> Iterator[tuple[Attribute, Unknown]]:
        """Flags whose value the text does not settle."""
        for flag in self.flags:
            attribute = resource.attribute(flag)
            value = module.value_of(attribute)
            if attribute is not None and isinstance(value, Unknown):
                yield attribute, value

    def turn_on(
        self, resource: Resource, off: list[tuple[str, Attribute | None]]
    ) -> list[Targeted]:
        """Set the flags that are there; write the others behind the nearest one that is."""
        intents = []
        present = [flag for flag in self.flags if flag in resource.body.attributes]
        for flag, attribute in off:
            intent: Intent
            if attribute is not None:
                intent = SetValue(attribute.value, "true")
            else:
                before = [f for f in present if self.flags.index(f) < self.flags.index(flag)]
                anchor = before[-1] if before else (present[-1] if present else None)
                intent = InsertAttribute(resource.body, flag, "true", anchor)
            intents.append(Targeted(resource.path, intent))
        return intents


def is_true(value: object, *, default: bool) -> bool:
    """Terraform's reading of a boolean argument, quoted or not."""
    return default if value is None else value is True or value in ("true", "1")
