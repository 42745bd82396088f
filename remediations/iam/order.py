"""What waits for what: a reference to something that waits for the policy would be a cycle.

Follows references through locals, and through the inputs and outputs of modules. Of a module that
is not looked into, every output is taken to wait for every input. Knows no policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..terraform.belonging import meaning_of
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, Expression

# These of a call hold for everything in the module.
_OF_ALL: Final = ("depends_on", "count", "for_each")


def waiting_for(holder: Resource, module: Module) -> frozenset[str]:
    """Itself and what needs it to be there first, directly or through others, by place."""
    return module.root.remember(("waiting for", holder.place), lambda: _waiting(holder, module))


def _waiting(holder: Resource, module: Module) -> frozenset[str]:
    has_modules = any(True for one in module.root.family for _ in one.blocks("module"))
    needed = module.root.remember("needed by", lambda: _needed(module.root)) if has_modules else {}
    pending, seen = [holder], {holder.place}
    while pending:
        one = pending.pop()
        users = needed.get(one.place, {}).values() if has_modules else _users(one)
        for user in users:
            if user.place not in seen:
                seen.add(user.place)
                pending.append(user)
    return frozenset(seen)


def _users(one: Resource) -> Iterator[Resource]:
    yield from (user for user, _ in one.home.users_of(one.address))


_Needed = Mapping[str, Mapping[str, Resource]]


def _needed(root: Module) -> _Needed:
    """By place of each resource of all modules: who names it, or what it is made of."""
    needed: dict[str, dict[str, Resource]] = {}
    for module in root.family:
        for resource in module.resources:
            for attribute in module.naming(resource):
                for named in _named(attribute.value, module, resource.block):
                    needed.setdefault(named.place, {})[resource.place] = resource
        for call in module.calls:
            inside = _inside(call.target)
            for name in _OF_ALL:
                held = call.block.body.attributes.get(name)
                for named in _named(held.value, module, call.block) if held else ():
                    needed.setdefault(named.place, {}).update(inside)
    return needed


def _inside(module: Module | None) -> dict[str, Resource]:
    """Everything in a module, and in those that it calls."""
    pending = [module] if module else []
    for one in pending:
        pending += [call.target for call in one.calls if call.target is not None]
    return {resource.place: resource for one in pending for resource in one.resources}


def _named(value: Expression, module: Module, block: Block) -> Iterator[Resource]:
    """The resources that a value is made of; those of a module that it names as a whole."""
    meaning = meaning_of(value, module, block)
    yield from meaning.resources
    calls = {call.name: call for call in module.calls}
    whole = {name.split(".")[1] for name in meaning.loose if name.startswith("module.")}
    for call in (calls[name] for name in whole if name in calls):
        yield from _inside(call.target).values()
        for attribute in call.block.body.attributes.values() if call.target is None else ():
            yield from meaning_of(attribute.value, module, call.block).resources
