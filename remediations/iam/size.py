"""How long a policy is, and how near that comes to what AWS takes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html
https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
Counts as AWS does: without white space, and all inline policies of a role, user or group together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ..frozen import dataclass
from ..terraform.module import Module, Resource
from .statement import Statement
from .statements import DOCUMENT, policies, policy_of

MANAGED: Final = 6_144
TRUST: Final = 2_048
"""Of a trust policy; an account may ask for more."""
# What inline policies stand in: the argument that says whose they are, and how long all may be.
INLINE: Final = {
    "aws_iam_role_policy": ("role", 10_240),
    "aws_iam_role": ("", 10_240),
    "aws_iam_user_policy": ("user", 2_048),
    "aws_iam_group_policy": ("group", 5_120),
}
_TRUST_ARGUMENT: Final = "assume_role_policy"
# Of policies of resources, in bytes; it is for one resource alone.
OF_RESOURCES: Final = {
    "aws_s3_bucket": 20_480,
    "aws_s3_bucket_policy": 20_480,
    "aws_kms_key": 32_768,
    "aws_kms_key_policy": 32_768,
    "aws_sqs_queue": 8_192,
    "aws_sqs_queue_policy": 8_192,
}
_WARN_AT: Final = 0.8
_ARN: Final = 90
"""About as long as an ARN that is only known after apply."""
_AROUND: Final = len('{"Sid":"","Effect":"Allow","Action":[],"Resource":[],"Condition":{}},')


def length(policy: Sequence[Statement]) -> int:
    """About how many characters a policy has."""
    return len('{"Version":"2012-10-17","Statement":[]}') + sum(_length(one) for one in policy)


def _length(statement: Statement) -> int:
    items = (*statement.actions, *statement.resources, *statement.principals)
    texts = sum(len(item.text) + 3 if item.is_known else _ARN for item in items)
    conditions = len("".join(statement.conditions.split()))
    return _AROUND + texts + conditions + len(statement.sid or "")


def nearly_full(
    policy: Sequence[Statement], holder: Resource, added: Sequence[str], module: Module
) -> Iterator[str]:
    """A warning where a policy with these ARNs more comes near to what AWS takes."""
    own = length(policy) + _AROUND + _ARN * len(added)
    places = [(own + room.taken, room) for room in _rooms(holder, module)]
    after, room = max(places, key=lambda place: place[0] / place[1].limit)
    whole = f"The policies in `{room.of}` then have" if room.taken else "The policy then has"
    yield from _said(whole, after, room.limit)


def nearly_full_in(
    holder: Resource, argument: str, added: Sequence[str], module: Module
) -> Iterator[str]:
    """The same for what an argument of a resource holds, or the documents that it names.

    Nothing of a kind whose limit is not known here, and of a policy that cannot be read.
    """
    is_trust = argument == _TRUST_ARGUMENT
    limit = TRUST if is_trust else OF_RESOURCES.get(holder.kind)
    held = tuple(_held(holder, argument, module))
    if limit is not None and held:
        after = sum(map(length, held)) + _AROUND + _ARN * len(added)
        yield from _said("The policy then has", after, limit)


def _held(holder: Resource, argument: str, module: Module) -> Iterator[Sequence[Statement]]:
    own = policy_of(holder, module, argument)
    value = holder.attribute(argument)
    if own is not None:
        yield own
    for address in module.references(value.value) if value and own is None else ():
        document = module.resource(address)
        if document is not None and document.kind == DOCUMENT:
            yield from policies(document, module)


def _said(whole: str, after: int, limit: int) -> Iterator[str]:
    if after > _WARN_AT * limit:
        yield (
            f"{whole} about {after:,} characters of the {limit:,} that AWS takes, so there is "
            "little room left."
        )


@dataclass(frozen=True, slots=True)
class _Room:
    """How much AWS takes in one place, and what others have taken of it already."""

    limit: int
    taken: int = 0
    of: str = ""


def _rooms(holder: Resource, module: Module) -> Iterator[_Room]:
    """Every place that a policy ends up in; of one that is used nowhere, that of a managed one."""
    users = module.users_of(holder.address) if holder.kind == DOCUMENT else ((holder, ""),)
    found = [_room(user, argument, holder, module) for user, argument in users]
    yield from filter(None, found)
    if not any(found):
        yield _Room(MANAGED)


def _room(user: Resource, argument: str, holder: Resource, module: Module) -> _Room | None:
    if argument == _TRUST_ARGUMENT:
        return _Room(TRUST)
    if user.kind == "aws_iam_policy":
        return _Room(MANAGED)
    if user.kind not in INLINE:
        return None
    owner = _owner(user, module)
    held = module.remember("inline policies", lambda: _inline(module))
    taken = sum(size for source, size in held.get(owner, ()) if source != holder.address)
    return _Room(INLINE[user.kind][1], taken, owner)


def _owner(inline: Resource, module: Module) -> str:
    """Whose inline policy it is: by address, or as it is written."""
    argument, _ = INLINE[inline.kind]
    held = inline.attribute(argument) if argument else None
    if held is None:
        return inline.address
    named = module.references(held.value)
    return named[0] if len(named) == 1 else inline.document_of(held.value).text_of(held.value)


def _inline(module: Module) -> Mapping[str, list[tuple[str, int]]]:
    """By owner: where its inline policies are written, and how long each is."""
    found: dict[str, list[tuple[str, int]]] = {}
    for kind in INLINE:
        for one in module.of_kind(kind):
            named = dict.fromkeys(
                address
                for attribute in module.naming(one)
                if attribute.name in ("policy", "inline_policy")
                for address in module.references(attribute.value)
            )
            documents = [d for d in map(module.resource, named) if d and d.kind == DOCUMENT]
            for source in (one, *documents):
                sizes = [(source.address, length(held)) for held in policies(source, module)]
                found.setdefault(_owner(one, module), []).extend(sizes)
    return found
