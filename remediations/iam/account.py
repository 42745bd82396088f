"""Policy statements told as they are: what each allows, by AWS's table. Judges nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from ..frozen import dataclass
from ..model import Location
from ..terraform.module import Module, Resource
from .actions import levels
from .statements import DOCUMENT, ENCODED, Statement, policies

HOLDERS: Final = (DOCUMENT, *ENCODED)


@dataclass(frozen=True, slots=True)
class Allowance:
    """One statement. ``levels`` counts its actions by access level; of a Deny, what it takes away.

    ``unlisted`` are actions that AWS does not list, ``unread`` those that no text settles.
    """

    address: str
    location: Location
    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    is_conditional: bool
    names_the_others: bool
    """NotAction, NotResource or NotPrincipal: it means all but what it names."""
    levels: Mapping[str, int]
    unlisted: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many actions it stands for."""
        return sum(self.levels.values())


def allowances(module: Module) -> Iterator[Allowance]:
    """Every statement of the policies that a module writes, in the order of files and text."""
    for resource in module.resources:
        if resource.kind in HOLDERS:
            for policy in policies(resource, module):
                for statement in policy:
                    yield _told(resource, statement)


def _told(resource: Resource, statement: Statement) -> Allowance:
    counts: Counter[str] = Counter()
    unlisted, unread = [], []
    for item in statement.actions:
        found = levels(item.text) if item.is_known else {}
        counts.update(found)
        if not item.is_known:
            unread.append(item.text)
        elif not found:
            unlisted.append(item.text)
    return Allowance(
        resource.place,
        _place(resource, statement),
        statement.sid or "",
        statement.effect,
        tuple(item.text for item in statement.actions),
        tuple(item.text for item in statement.resources),
        tuple(item.text for item in statement.principals),
        bool(statement.conditions) and not statement.has_not,
        statement.has_not,
        dict(counts.most_common()),
        tuple(unlisted),
        tuple(unread),
    )


def _place(resource: Resource, statement: Statement) -> Location:
    """Where it stands; of a text in quotes, where that begins."""
    shown, where = statement.node, statement.elsewhere
    if where is None:
        return resource.document_of(shown).source.location(shown.span)
    if where.is_quoted:
        argument = where.argument
        return resource.document_of(argument).source.location(argument.span)
    return where.document.source.location(shown.span)
