"""Policy statements told as they are: what each allows, by AWS's table. Judges nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ..frozen import dataclass
from ..model import Location
from ..terraform.module import Module, Resource
from .actions import levels, reach
from .identity import identity_policies
from .permissions import is_unscoped
from .scoping import is_scoped_by_condition
from .statements import ARGUMENTS, DOCUMENT, Statement, policies, policy_of
from .targets import SERVICES, Target, targets

_TRUST: Final = "assume_role_policy"


@dataclass(frozen=True, slots=True)
class Nameable:
    """Actions that could be held by resources of a kind, and whether the module declares any."""

    noun: str
    actions: tuple[str, ...]
    is_declared: bool


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
    is_scoped: bool
    """Whether its condition says for which resources it is: by their tags, or by a service."""
    is_open: bool
    """Whether it is for everything of some kind."""
    is_identity: bool
    """Whether it says what a role, user or group may do, and is no boundary."""
    nameable: tuple[Nameable, ...]
    """What its actions could name in place of everything."""
    only_everything: tuple[str, ...]
    """Actions that take nothing but ``*``."""
    by_hand: tuple[str, ...]
    """Actions that take a resource whose ARN Terraform has no name for."""

    @property
    def total(self) -> int:
        """How many actions it stands for."""
        return sum(self.levels.values())


def allowances(module: Module) -> Iterator[Allowance]:
    """Every statement of the policies that a module writes, in the order of files and text.

    Of roles and resources too: who may take them on, and who may come in.
    """
    for resource in module.resources:
        own = {id(policy) for policy in identity_policies(resource, module)}
        for policy in _policies(resource, module):
            for statement in policy:
                yield _told(resource, statement, module, is_identity=id(policy) in own)


def _policies(resource: Resource, module: Module) -> Iterator[tuple[Statement, ...]]:
    if resource.kind == DOCUMENT or any(resource.may_hold(name) for name in ARGUMENTS):
        trust = None if resource.is_data else policy_of(resource, module, _TRUST)
        yield from (trust,) if trust else ()
        yield from policies(resource, module)


def _told(
    resource: Resource, statement: Statement, module: Module, *, is_identity: bool
) -> Allowance:
    counts: Counter[str] = Counter()
    unlisted, unread = [], []
    for item in statement.actions:
        found = levels(item.text) if item.is_known else {}
        counts.update(found)
        if not item.is_known:
            unread.append(item.text)
        elif not found:
            unlisted.append(item.text)
    is_open = is_unscoped(statement)
    is_plain = statement.effect == "Allow" and not statement.principals and not statement.has_not
    listed = [one.text for one in statement.actions if one.text not in (*unlisted, *unread)]
    is_asked = is_open and is_plain and is_identity
    named, alone, by_hand = _sorted(listed if is_asked else [], module)
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
        is_scoped_by_condition(statement),
        is_open,
        is_identity,
        tuple(named),
        tuple(alone),
        tuple(by_hand),
    )


def _sorted(actions: Sequence[str], module: Module) -> tuple[list[Nameable], list[str], list[str]]:
    """Actions by what they take: something that can be named, nothing but ``*``, something else."""
    named: dict[str, list[str]] = {}
    kinds: dict[str, set[str]] = {}
    alone, by_hand = [], []
    for action in actions:
        reached = reach(action)
        if reached.is_movable:
            service = reached.actions[0].service
            held = [one for one in targets(service) if one.type in reached.types]
            noun = _noun(service, held)
            named.setdefault(noun, []).append(action)
            kinds.setdefault(noun, set()).update(kind for one in held for kind, _ in one.kinds)
        elif reached.actions and not any(one.types for one in reached.actions):
            alone.append(action)
        else:
            by_hand.append(action)
    found = [
        Nameable(noun, tuple(held), any(module.of_kind(kind) for kind in kinds[noun]))
        for noun, held in named.items()
    ]
    return found, alone, by_hand


def _noun(service: str, held: Sequence[Target]) -> str:
    """What it is called; SageMaker has many kinds."""
    if service != "sagemaker":
        return SERVICES[service].noun
    return " and ".join(dict.fromkeys(one.type.replace("-", " ") for one in held))


def _place(resource: Resource, statement: Statement) -> Location:
    """Where it stands; of a text in quotes, where that begins."""
    where = statement.elsewhere
    if where is not None and where.is_quoted:
        return resource.document_of(where.argument).source.location(where.argument.span)
    made_by = statement.actions_at if statement.actions_at is statement.resources_at else None
    node = made_by or statement.node
    return statement.document(resource.document).source.location(node.span)
