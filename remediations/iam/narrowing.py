"""The gate a changed policy has to pass: it allows nothing new, and nothing in it is dead.

Sound and narrow: it knows the one change that is made here, scoping S3 statements to a bucket,
and refuses every other. Proposes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from ..terraform.module import Module
from .actions import Takes, reach
from .scoping import reachable
from .statements import DOCUMENT, ENCODED, Item, Statement, policies

_BUCKET_ARN: Final = re.compile(r"\$\{(aws_s3_bucket\.[\w-]+)\.arn\}(/\*)?")
_SERVICE: Final = re.compile(r"[a-z0-9-]+(\.\$\{[^{}]+\})?\.amazonaws\.com")
_CRYPTOGRAPHY: Final = re.compile(
    r"kms:(Encrypt|Decrypt|ReEncrypt\*|GenerateDataKey\*|DescribeKey|Encrypt\*|Decrypt\*|Describe\*)"
)
_Meaning = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str]


def widens(before: Module, after: Module) -> str | None:
    """None, or the reason why a policy of ``after`` may allow more than it did in ``before``."""
    new = _policies(after)
    for address, old in _policies(before).items():
        for one, two in zip_longest(old, new.get(address, ()), fillvalue=()):
            reason = refuses(one, two, after)
            if reason is not None:
                return f"the policy in `{address}` {reason}"
    return None


def _policies(module: Module) -> Mapping[str, tuple[tuple[Statement, ...], ...]]:
    return module.remember(
        "policies",
        lambda: {
            resource.address: tuple(policies(resource, module))
            for kind in (DOCUMENT, *ENCODED)
            for resource in module.of_kind(kind)
        },
    )


def refuses(before: Sequence[Statement], after: Sequence[Statement], module: Module) -> str | None:
    """None where each new statement is an old one on one declared bucket, or the reason."""
    old, new = _left(before, after), _left(after, before)
    if not old and not new:
        return None
    sids = Counter(one.sid for one in after if one.sid is not None)
    if any(count > 1 for count in sids.values()):
        return "would have one Sid twice"
    for child in new:
        is_new_deny = child.effect == "Deny" and not child.has_not
        if is_new_deny or _lets_a_service_use_a_key(child):
            continue
        if not any(_covers(parent, child, module) for parent in old):
            return "would allow something that it did not allow before"
    reasons = (_loses(one, [c for c in new if _covers(one, c, module)]) for one in old)
    return next((reason for reason in reasons if reason is not None), None)


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
    return (
        one.effect,
        tuple(item.text for item in one.actions),
        tuple(item.text for item in one.resources),
        tuple(item.text for item in one.principals),
        one.conditions,
    )


def _covers(parent: Statement, child: Statement, module: Module) -> bool:
    """Whether the parent allows all that the child allows, under the same condition."""
    if (parent.effect, child.effect) != ("Allow", "Allow") or parent.has_not or child.has_not:
        return False
    if parent.principals or child.principals or parent.conditions != child.conditions:
        return False
    held = {item.text for item in parent.actions}
    if not child.actions or not {item.text for item in child.actions} <= held:
        return False
    written = {item.text for item in parent.resources}
    wide = Takes.NEITHER
    for resource in written:
        wide |= reachable(resource)
    return bool(child.resources) and all(
        item.text in written or _is_inside(item.text, wide, module) for item in child.resources
    )


def _is_inside(resource: str, wide: Takes, module: Module) -> bool:
    """Whether it is one bucket of this module, or its objects, where all of them were meant."""
    found = _BUCKET_ARN.fullmatch(resource)
    if found is None or module.resource(found[1]) is None:
        return False
    return (Takes.OBJECT if found[2] else Takes.BUCKET) in wide


def _loses(parent: Statement, children: Sequence[Statement]) -> str | None:
    """An action of the parent that is nowhere any more, or that can no longer do anything."""
    if parent.effect == "Deny":
        return "would deny less than before"
    for item in parent.actions:
        holders = [c for c in children if item.text in {one.text for one in c.actions}]
        if not holders:
            return f"would lose `{item.text}`"
        after = [resource for one in holders for resource in one.resources]
        if _uses(item.text, parent.resources) - _uses(item.text, after):
            return f"would name `{item.text}` on something that it cannot be used on"
    return None


def _uses(action: str, resources: Iterable[Item]) -> set[str]:
    """The kinds of resource that an action finds among these: bucket, object, or another."""
    takes, found = reach(action).takes, set()
    for resource in resources:
        arn = _BUCKET_ARN.fullmatch(resource.text)
        held = reachable(resource.text)
        if arn is not None:
            held = Takes.OBJECT if arn[2] else Takes.BUCKET
        if held is Takes.NEITHER:
            found.add(resource.text)
        elif takes is Takes.NEITHER and resource.text == "*":
            found.add("*")
        else:
            found |= {str(kind.name) for kind in Takes if kind and kind in takes & held}
    return found
