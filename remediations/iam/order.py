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


def needs(resource: Resource) -> frozenset[str]:
    """Itself and what has to be there before it, directly or through others, by place.

    Asked of what may be named, which mostly needs little: cheaper than all of ``needed_by``.
    """
    key = ("needs", resource.place)
    return resource.home.root.remember(key, lambda: _needs(resource))


def _needs(resource: Resource) -> frozenset[str]:
    pending, seen = [resource], {resource.place}
    while pending:
        for one in _directly(pending.pop()):
            if one.place not in seen:
                seen.add(one.place)
                pending.append(one)
    return frozenset(seen)


def _directly(resource: Resource) -> Iterator[Resource]:
    module = resource.home
    values = [attribute.value for attribute in module.naming(resource)]
    if not _calls(module.root):
        named = (module.resource(name) for value in values for name in module.references(value))
        yield from (one for one in named if one is not None)
        return
    for value in values:
        yield from _named(value, module, resource.block)
    while module.caller is not None and module.call is not None:
        block, module = module.call.block, module.caller
        for name in _OF_ALL:
            held = block.body.attributes.get(name)
            yield from _named(held.value, module, block) if held else ()


Graph = Mapping[str, Mapping[str, Resource]]
"""By place of each resource of all modules: who names it, or what it is made of."""


def needed_by(root: Module) -> Graph:
    """Who needs what, across the modules of a root."""
    return root.remember("needed by", lambda: _needed(root) if _calls(root) else _named_in(root))


def _calls(root: Module) -> bool:
    return any(True for one in root.family for _ in one.blocks("module"))


def _named_in(module: Module) -> Graph:
    """The same where there is one module only: it keeps that already."""
    return {
        one.place: {user.place: user for user, _ in module.users_of(one.address)}
        for one in module.resources
    }


def _needed(root: Module) -> Graph:
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
