"""Where a value that is only passed on was written: default, tfvars, local or module input.

Knows no policy. An expression that does more than pass a value on is its own source.
"""

from __future__ import annotations

from typing import Final

from ..frozen import dataclass
from ..model import Location
from .belonging import narrowed
from .evaluate import Found, Origin
from .instances import home_of
from .module import Module
from .nodes import Document, Expression, Parentheses, Reference
from .resource import Resource, address_of

_MOST_HOPS: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The expression that a value comes from, and every name on the way to it."""

    expression: Expression
    origin: Origin
    module: Module | None
    location: Location
    block: str | None
    """The address of the top-level block around it; none in a file of values."""
    names: tuple[str, ...]
    steps: tuple[int, ...]
    """What was passed through, by identity; whoever passes through the last reads the same."""

    @property
    def path(self) -> str:
        """The file it stands in."""
        return self.location.path


def source_of(expression: Expression, module: Module) -> Source | None:
    """Where the value was written, or None where it is written right here."""
    source: Source | None = None
    home: Module | None = module
    names: list[str] = []
    steps: list[int] = []
    for _ in range(_MOST_HOPS):
        found = _next(expression, home)
        if found is None:
            break
        inner = narrowed(found.expression, found.rest)
        if inner is found.expression and found.rest:
            break  # the member is made by a function or a for: nobody can write there
        expression, home = inner, _module(found)
        names.append(found.name)
        steps.append(id(inner))
        place = found.document.source.location(inner.span)
        block = _block_around(found.document, inner)
        source = Source(inner, found.origin, home, place, block, tuple(names), tuple(steps))
    return source


def _next(expression: Expression, home: Module | None) -> Found | None:
    while isinstance(expression, Parentheses):
        expression = expression.inner
    if home is None or not isinstance(expression, Reference):
        return None
    found = home.find(expression)
    return found if isinstance(found, Found) else None


def _module(found: Found) -> Module | None:
    scope = home_of(found.scope)
    return scope if isinstance(scope, Module) else None


def _block_around(document: Document, node: Expression) -> str | None:
    for block in document.body.blocks():
        if block.span.start <= node.span.start < block.span.end:
            return address_of(block)
    return None


def readers_of(source: Source, module: Module) -> tuple[tuple[Resource, str], ...]:
    """Who reads the same value, in every module of the root: resources and their arguments."""
    return _reading(source.steps[-1], module)


def readers_at(expression: Expression, module: Module) -> tuple[tuple[Resource, str], ...]:
    """Who reads an expression that stands behind a name: resources and their arguments."""
    return _reading(id(expression), module)


def outputs_at(expression: Expression, module: Module) -> tuple[str, ...]:
    """Outputs that read an expression which stands behind a name, of whichever module."""
    index = module.root.remember("outputs that read", lambda: _outputs(module.root))
    return index.get(id(expression), ())


def _outputs(root: Module) -> dict[int, tuple[str, ...]]:
    index: dict[int, list[str]] = {}
    ways = _Ways({}, {})
    for module in root.family:
        for name, (block, _) in module.outputs.items():
            held = block.body.attributes.get("value")
            names = module.references_in(held.value) if held else ()
            for step in ways.behind_all(names, module):
                index.setdefault(step, []).append(f"output.{name}")
    return {step: tuple(readers) for step, readers in index.items()}


def _reading(step: int, module: Module) -> tuple[tuple[Resource, str], ...]:
    index = module.root.remember("readers", lambda: _readers(module.root))
    return index.get(step, ())


def _readers(root: Module) -> dict[int, tuple[tuple[Resource, str], ...]]:
    index: dict[int, list[tuple[Resource, str]]] = {}
    ways = _Ways({}, {})
    for module in root.family:
        for resource in module.resources:
            for attribute in module.naming(resource):
                names = module.references_in(attribute.value)
                leading = tuple(one for one in names if one.parts[0] in _LEADING)
                reader = resource, attribute.name
                for step in ways.behind_all(leading, module) if leading else ():
                    index.setdefault(step, []).append(reader)
    return {step: tuple(readers) for step, readers in index.items()}


# All other names stand for something that is only known after apply, or that no file says.
_LEADING: Final = frozenset({"local", "module", "var"})
_Way = tuple[Expression, Module | None, tuple[int, ...]]
"""What a name stands for, where, and everything in it by identity."""


@dataclass(frozen=True, slots=True)
class _Ways:
    """Where names lead. The same ones are read all over a module, so each is followed once."""

    known: dict[tuple[int, str], _Way | None]
    complete: dict[tuple[int, str], set[int]]

    def behind_all(self, names: tuple[Reference, ...], home: Module) -> set[int]:
        """Everything that these names' values are read from, by identity."""
        if len(names) == 1:
            return self.behind(names[0], home)
        return set().union(*(self.behind(one, home) for one in names))

    def behind(self, reference: Reference, home: Module) -> set[int]:
        """Everything that a name's value is read from, by identity."""
        key = id(home), reference.dotted
        if key in self.complete and _is_plain(reference):
            return self.complete[key]
        steps: set[int] = set()
        pending: list[tuple[Reference, Module]] = [(reference, home)]
        while pending:
            way = self.way(*pending.pop())
            if way is None:
                continue
            inner, there, below = way
            if id(inner) not in steps and there is not None:
                pending += [(one, there) for one in there.references_in(inner)]
            steps.update(below)
        self.complete[key] = steps
        return steps

    def way(self, reference: Reference, home: Module) -> _Way | None:
        """The first step of it."""
        key = id(home), reference.dotted
        if key not in self.known or not _is_plain(reference):
            found = home.find(reference)
            self.known[key] = None
            if isinstance(found, Found):
                inner = narrowed(found.expression, found.rest)
                below = tuple(id(node) for node in inner.walk())
                self.known[key] = inner, _module(found), below
        return self.known[key]


def _is_plain(reference: Reference) -> bool:
    """Whether how it is written says what it is: in a key, blanks are left out there."""
    return "[" not in reference.dotted
