"""What Allow statements let somebody do, as patterns of actions and resources. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from .globs import lets_through
from .globs import pattern as globbed
from .statements import Statement

# `*`, and ARNs that leave the name of what they mean wholly open: `arn:aws:iam::*:role/*`. In an
# ARN of S3 the first word is a bucket's name.
_UNSCOPED: Final = re.compile(
    r"\*|arn:[^:]*:s3:::\*(/\*)?|arn:[^:]*:(?!s3:)[^:]*:[^:]*:[^:]*:(\*(:\*)*|[a-z-]+[/:]\*)(/\*)?"
)


def covers(pattern: str, action: str) -> bool:
    """Whether a pattern such as ``s3:Get*`` stands for an action. Case does not matter.

    In time that grows with the product of both lengths: a stranger wrote the pattern.
    """
    return lets_through(globbed(pattern.lower()), globbed(action.lower()))


def is_unscoped(statement: Statement) -> bool:
    """Whether it reaches everything of some kind: one of its resources is open."""
    return any(_UNSCOPED.fullmatch(item.text) for item in statement.resources)


def allowed(statements: Iterable[Statement], action: str) -> Statement | None:
    """The first unscoped statement that allows an action; Allow statements are given."""
    for statement in statements:
        if is_unscoped(statement) and any(covers(one.text, action) for one in statement.actions):
            return statement
    return None
