"""The gate a changed policy has to pass: it allows nothing new, denies nothing less, loses nothing.

Sound and deliberately incomplete: what cannot be proved is refused, with a text that would get
through where there is one. Proposes nothing, and asks no rule what it wanted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from ..terraform.module import Module, Resource
from .arns import escape_of, undeclared
from .implication import implies, is_within
from .inclusion import covers, uncovered
from .liveness import loses
from .merging import by_sid, is_merged
from .statement import Statement
from .statements import ARGUMENTS, DOCUMENT, policies, policy_of

_SERVICE: Final = re.compile(r"[a-z0-9-]+(\.\$\{[^{}]+\})?\.amazonaws\.com")
_CRYPTOGRAPHY: Final = re.compile(
    r"kms:(Encrypt|Decrypt|ReEncrypt\*|GenerateDataKey\*|DescribeKey|Encrypt\*|Decrypt\*|Describe\*)"
)
_Policies = Mapping[str, tuple[tuple[Statement, ...], ...]]
_Meaning = tuple[object, ...]


def widens(before: Module, after: Module) -> str | None:
    """None, or the reason why a policy of ``after`` may allow more than it did in ``before``."""
    new = _policies(after)
    for address, old in _policies(before).items():
        resource = before.resource(address)
        merged = resource is not None and is_merged(resource, before)
        for pair in zip_longest(old, new.get(address, ()), fillvalue=()):
            for one, two in by_sid(*pair) if merged else (pair,):
                reason = refuses(one, two, after)
                if reason is not None:
                    return f"the policy in `{address}` {reason}"
    return None


def _policies(module: Module) -> _Policies:
    return module.remember("every policy", lambda: dict(_held(module)))


def _held(module: Module) -> Iterator[tuple[str, tuple[tuple[Statement, ...], ...]]]:
    for resource in module.resources:
        held = policies(resource, module) if _may_hold(resource) else ()
        trust = policy_of(resource, module, "assume_role_policy") if not resource.is_data else None
        if held or trust is not None:
            yield resource.address, (*held, *([trust] if trust is not None else []))


def _may_hold(resource: Resource) -> bool:
    return resource.kind == DOCUMENT or any(resource.may_hold(name) for name in ARGUMENTS)


def refuses(before: Sequence[Statement], after: Sequence[Statement], module: Module) -> str | None:
    """None where the statements of ``after`` are proved to allow no more, or the reason."""
    old, new = _left(before, after), _left(after, before)
    if not old and not new:
        return None
    sids = Counter(one.sid for one in after if one.sid is not None)
    if any(count > 1 for count in sids.values()):
        return "would have one Sid twice"
    return (
        next(_refers_to_nothing(old, new, module), None)
        or next(_allows_more(before, new, module), None)
        or next(_denies_less(old, after, module), None)
        or next(loses(old, after, module), None)
    )


def escaping(written: Sequence[str], within: Sequence[str], module: Module) -> str | None:
    """None where resources lie within others; both as patterns. Else one that does not."""
    if "*" in within:
        return None
    for one in written:
        if escape_of(one, tuple(within), module) is not None:
            return one
    return None


def _left(some: Sequence[Statement], others: Sequence[Statement]) -> list[Statement]:
    """Statements whose meaning the others do not have."""
    taken = Counter(_meaning(one) for one in others)
    left: list[Statement] = []
    for one in some:
        meaning = _meaning(one)
        if taken[meaning]:
            taken[meaning] -= 1
        else:
            left.append(one)
    return left


def _meaning(one: Statement) -> _Meaning:
    """Everything that decides what a statement does; the Sid does not."""
    items = (one.actions, one.resources, one.principals, one.not_actions, one.not_resources)
    texts = (tuple(item.text for item in each) for each in items)
    return (one.effect, *texts, one.principal_kinds, one.not_principals, one.conditions)


def _refers_to_nothing(
    old: Sequence[Statement], new: Sequence[Statement], module: Module
) -> Iterator[str]:
    held = {item.text for statement in old for item in statement.resources}
    for item in (item for statement in new for item in statement.resources):
        address = None if item.text in held else undeclared(item.text, module)
        if address is not None:
            yield f"would refer to `{address}`, which is not declared here, or stands for several"


def _allows_more(
    before: Sequence[Statement], new: Sequence[Statement], module: Module
) -> Iterator[str]:
    """What a new statement allows that no old one does."""
    for child in new:
        if child.effect == "Deny" and not child.has_not:
            continue
        if _lets_a_service_use_a_key(child):
            continue
        parents = [
            one
            for one in before
            if (one.effect, child.effect) == ("Allow", "Allow")
            and is_within(child, one)
            and implies(child, one)
        ]
        escape = uncovered(child, parents, module)
        if escape is not None:
            example = f", such as {escape}" if escape else ""
            yield f"would allow something that it did not allow before{example}"


def _denies_less(
    old: Sequence[Statement], after: Sequence[Statement], module: Module
) -> Iterator[str]:
    """A Deny of the old policy that no single Deny of the new one covers."""
    denies = [one for one in after if one.effect == "Deny"]
    for one in old:
        if one.effect == "Deny" and not any(
            is_within(one, two) and implies(one, two) and covers(two, one, module) for two in denies
        ):
            yield "would deny less than before"


def _lets_a_service_use_a_key(child: Statement) -> bool:
    """A key's policy may name a service for what its owner asked of it, and nothing more."""
    services = [item.text for item in child.principals]
    actions = [item.text for item in child.actions]
    return (
        child.effect == "Allow"
        and not child.has_not
        and bool(services and actions and child.conditions)
        and all(_SERVICE.fullmatch(one) for one in services)
        and all(_CRYPTOGRAPHY.fullmatch(one) for one in actions)
    )
