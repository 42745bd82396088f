"""Which resources an expression means, and what belongs to whom, across the modules of one root.

Knows no policy. What may mean several is said to be unsettled, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..frozen import dataclass
from ..model import Known, Unknown
from .evaluate import Found
from .instances import home_of
from .module import Module
from .nodes import (
    Block,
    Call,
    Conditional,
    Expression,
    ListExpression,
    ObjectExpression,
    Reference,
)
from .resource import Resource

_MOST_HOPS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Owners:
    """The resources that a companion belongs to; ``unsettled`` is why it may be others.

    Neither where it means something outside of this code.
    """

    found: tuple[Resource, ...] = ()
    unsettled: str | None = None


def owners_of(companion: Resource, attribute: str, kind: str) -> Owners:
    """Which resources of ``kind`` a companion's attribute means: by reference or by name."""
    key = ("owners", companion.address, id(companion.block), attribute, kind)
    return companion.home.remember(key, lambda: _owners(companion, attribute, kind))


def owner_of(companion: Resource, attribute: str, kind: str) -> Resource | Unknown | None:
    """The one resource that a companion belongs to; of several through ``for_each`` the first.

    ``None`` where it means something outside of this code, ``Unknown`` where it cannot be told.
    """
    owners = owners_of(companion, attribute, kind)
    if owners.unsettled is not None:
        return Unknown(owners.unsettled)
    return owners.found[0] if owners.found else None


def _owners(companion: Resource, attribute: str, kind: str) -> Owners:
    module, held = companion.home, companion.attribute(attribute)
    if held is None:
        return Owners(unsettled=f"`{companion.address}` names no `{attribute}`")
    meaning = meaning_of(held.value, module, companion.block)
    meant = [one for one in meaning.resources if one.kind == kind]
    if len(meant) > 1 and not meaning.is_each:
        names = " or ".join(f"`{resource.place}`" for resource in meant)
        return Owners(unsettled=f"it may mean {names}")
    if meant:
        return Owners(tuple(meant))
    values = module.each_value(held.value)
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    if unknown is not None:
        is_elsewhere = _is_elsewhere(held.value, module, companion.block)
        return Owners() if is_elsewhere else Owners(unsettled=unknown.reason)
    names_meant = [value.value for value in values if isinstance(value, Known)]
    return Owners(tuple(_named(module, kind, attribute, names_meant)))


def _named(module: Module, kind: str, attribute: str, names: list[object]) -> Iterator[Resource]:
    for resource in module.family_of_kind(kind):
        own = resource.attribute(attribute)
        if own is None:
            continue
        values = resource.home.each_value(own.value)
        known = [value.value for value in values if isinstance(value, Known)]
        if any(value is not None and value in names for value in known):
            yield resource


def resolve(
    expression: Expression, module: Module, block: Block | None = None
) -> tuple[Resource, ...]:
    """The resources that an expression may name, through locals, inputs and outputs.

    ``block`` is the resource or call it stands in, which says what ``each`` is.
    """
    return meaning_of(expression, module, block).resources


def nodes_behind(values: Iterable[Expression], module: Module) -> Iterator[Expression]:
    """All that values are made of, and what the locals that they name are made of."""
    pending, seen = list(values), set[str]()
    while pending:
        for node in pending.pop().walk():
            yield node
            names = node.names if isinstance(node, Reference) else ()
            if len(names) > 1 and names[0] == "local" and names[1] not in seen:
                seen.add(names[1])
                held = module.locals.get(names[1])
                pending += [held[0].value] if held is not None else []


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value is made of: resources, and what else goes into it."""

    resources: tuple[Resource, ...]
    is_each: bool
    """Whether each of the resources is meant by another instance."""
    loose: frozenset[str]
    """Names that lead to nothing that is written here."""
    functions: frozenset[str]


def meaning_of(expression: Expression, module: Module, block: Block | None) -> Meaning:
    """As ``resolve``, with all that a value is made of besides the resources."""
    found: dict[str, Resource] = {}
    loose: set[str] = set()
    functions: set[str] = set()
    is_each = False
    seen: set[tuple[int, int, str]] = set()
    pending: list[tuple[Expression, Module, Block | None]] = [(expression, module, block)]
    for _ in range(_MOST_HOPS):
        if not pending:
            break
        node, home, around = pending.pop()
        functions |= {one.name for one in node.walk() if isinstance(one, Call)}
        for reference in _references(node, home):
            resource = _resource(reference, home)
            if resource is not None:
                found.setdefault(resource.place, resource)
                continue
            is_each = is_each or reference.parts[0] in ("each", "count")
            step = (id(home), id(around), reference.dotted)
            if step in seen:
                continue
            seen.add(step)
            following = list(_following(reference, home, around))
            pending += following
            if not following and not isinstance(home.find(reference), Found):
                loose.add(reference.dotted)
    return Meaning(tuple(found.values()), is_each, frozenset(loose), frozenset(functions))


def _following(
    reference: Reference, home: Module, around: Block | None
) -> Iterator[tuple[Expression, Module, Block | None]]:
    """Where a name leads: the expressions it stands for, each where it was written."""
    if reference.parts[0] == "each" and around is not None:
        over = around.body.attributes.get("for_each")
        if over is not None:
            yield over.value, home, None
        return
    found = home.find(reference)
    scope = home_of(found.scope) if isinstance(found, Found) else None
    if isinstance(found, Found) and isinstance(scope, Module):
        inner = narrowed(found.expression, found.rest)
        call = home.call.block if home.call and scope is home.caller else None
        yield inner, scope, call


def narrowed(expression: Expression, rest: tuple[str | Expression, ...]) -> Expression:
    """The part of an object or list that ``rest`` names, as far as that is plain."""
    for part in rest:
        if isinstance(expression, ObjectExpression):
            name = part if isinstance(part, str) else getattr(part, "literal", None)
            entry = expression.entry(name) if isinstance(name, str) else None
            if entry is None:
                return expression
            expression = entry.value
        elif isinstance(expression, ListExpression):
            number = getattr(part, "value", None)
            if type(number) is not int or not 0 <= number < len(expression.items):
                return expression
            expression = expression.items[number]
        else:
            return expression
    return expression


def _references(expression: Expression, module: Module) -> Iterator[Reference]:
    """The references a value is made of: of a settled condition only the branch it takes."""
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, Reference):
            yield node
        elif isinstance(node, Conditional):
            test = module.evaluate(node.test)
            settled = test.value if isinstance(test, Known) else None
            branches = (node.then, node.otherwise)
            pending += [branches[not settled]] if isinstance(settled, bool) else branches[::-1]
        else:
            pending.extend(reversed(node.children))


def _resource(reference: Reference, module: Module) -> Resource | None:
    names = reference.names
    length = 3 if names[:1] == ("data",) else 2
    return module.resource(".".join(names[:length])) if len(names) >= length else None


def _is_elsewhere(expression: Expression, module: Module, block: Block) -> bool:
    """Whether a value is made of nothing but what other modules and data sources give."""
    pending, roots = [(expression, module, block)], set()
    for _ in range(_MOST_HOPS):
        if not pending:
            break
        node, home, around = pending.pop()
        for reference in _references(node, home):
            following = list(_following(reference, home, around))
            if following:
                pending += [(one, where, by or block) for one, where, by in following]
            else:
                roots.add(reference.parts[0])
    return bool(roots) and roots <= {"module", "data"}
