"""Where a policy document or a policy ends up, in whichever module. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ..terraform.belonging import meaning_of
from ..terraform.module import Module, Resource
from .order import needed_by


def used_by(held: Resource) -> Iterator[tuple[Resource, str]]:
    """Who uses it, each with the argument: through inputs and outputs of modules too."""
    module = held.home
    yield from module.users_of(held.address)
    if held.address not in module.remember("handed to modules", lambda: _handed(module)):
        return
    for user in needed_by(module.root).get(held.place, {}).values():
        if user.home is not module:
            for attribute in user.home.naming(user):
                found = meaning_of(attribute.value, user.home, user.block).resources
                if any(one.place == held.place for one in found):
                    yield user, attribute.name


def _handed(module: Module) -> frozenset[str]:
    """What goes into the inputs of modules that this one calls, or out of its own outputs."""
    values = [
        attribute.value
        for call in module.calls
        for attribute in call.block.body.attributes.values()
    ]
    held = (block.body.attributes.get("value") for block, _ in module.outputs.values())
    values += [one.value for one in held if one is not None]
    return frozenset(address for value in values for address in module.references(value))
