"""What a root makes none of by default, and would make if somebody passed something else in.

Knows no policy. A literal ``count = 0``, or what a file of values says, is no such switch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .evaluate import Found, Origin
from .module import Module, Resource
from .nodes import Expression, Reference


def switched_off(module: Module, kind: str) -> Iterator[Resource]:
    """Resources of a kind that are off by default, seen as they are once they are on.

    What decides about them is not taken to be its default then; everything else is.
    """
    awake = module.remember("awake", lambda: _awake(module))
    if awake is not None:
        made = {id(resource.block) for resource in module.of_kind(kind)}
        found = awake.of_kind(kind)
        yield from (resource for resource in found if id(resource.block) not in made)


def modules_off(root: Module) -> tuple[Module, ...]:
    """Modules whose calls are off by default, seen as they are once they are on."""
    awake = root.remember("awake", lambda: _awake(root))
    made = {module.path for module in root.family}
    return tuple(m for m in awake.family if m.path not in made) if awake is not None else ()


def _awake(module: Module) -> Module | None:
    doubted = _switches(module) if module.caller is None else frozenset()
    if not doubted:
        return None
    return replace(module, doubted=doubted, _remembered={}, _found={}, _values={}, _spent=[0, 1])


def _switches(module: Module) -> frozenset[str]:
    """The variables of a root whose defaults decide that something is made no time."""
    found: set[str] = set()
    called = (block for block, _ in module.blocks("module"))
    for block in (*(resource.block for resource in module.resources), *called):
        if module.is_absent(block):
            attributes = block.body.attributes
            for name in ("count", "for_each"):
                if name in attributes:
                    found |= _defaults(module, attributes[name].value)
    return frozenset(found)


def _defaults(module: Module, expression: Expression) -> set[str]:
    """Variables that an expression goes back to, and that have nothing but their default."""
    found: set[str] = set()
    pending, seen = [expression], set[str]()
    while pending:
        for node in pending.pop().walk():
            if not isinstance(node, Reference) or node.dotted in seen or len(node.parts) < 2:
                continue
            seen.add(node.dotted)
            behind = module.find(node)
            if isinstance(behind, Found) and behind.origin is Origin.DEFAULT:
                found.add(str(node.parts[1]))
            elif isinstance(behind, Found) and behind.origin is Origin.LOCAL:
                pending.append(behind.expression)
    return found
