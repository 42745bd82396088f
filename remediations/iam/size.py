"""How long a policy is, and how near that comes to what AWS takes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
Counts as AWS does: without white space.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..terraform.module import Resource
from .statement import Statement

LIMITS: Final = {
    "aws_iam_policy": 6_144,
    "aws_iam_role_policy": 10_240,
    "aws_iam_role": 10_240,
    "aws_iam_user_policy": 2_048,
    "aws_iam_group_policy": 5_120,
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
    policy: Sequence[Statement], holder: Resource, added: Sequence[str]
) -> Iterator[str]:
    """A warning where a policy with these ARNs more comes near to what AWS takes."""
    limit = LIMITS.get(holder.kind, LIMITS["aws_iam_policy"])
    after = length(policy) + _AROUND + _ARN * len(added)
    if after > _WARN_AT * limit:
        yield (
            f"The policy then has about {after:,} characters of the {limit:,} that AWS takes, so "
            "there is little room left."
        )
