"""Statements about logs: whether one is there to write them, and whether another says where.

Knows no role and no resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from .actions import reach
from .permissions import covers
from .statement import Statement

_SPELT_OUT: Final = re.compile(r":log-group:(?!/aws/[a-z-]+/\*)[^*:]")
_WRITES: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_OF_WRITERS: Final = (*_WRITES, "logs:DescribeLogGroups", "logs:DescribeLogStreams")
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
_OF_OTHERS: Final = (
    "logs:CreateLogDelivery",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetQueryResults",
    "logs:StartQuery",
)


def writes_logs(statement: Statement) -> bool:
    """Whether it is there to write logs, and for nothing else that concerns logs.

    Whoever reads them, or asks for tags, may mean those of others. Whoever has them delivered is
    given every resource, as AWS writes that policy. What AWS does not know does nothing.
    """
    actions = [one for one in _of_logs(statement) if reach(one).is_known]
    patterns = [one for one in actions if one != "logs:*"]
    return (
        any(covers(one, other) for one in actions for other in _WRITES)
        and all(any(covers(one, other) for other in _OF_WRITERS) for one in actions)
        and not any(covers(one, other) for one in patterns for other in _OF_OTHERS)
    )


def is_spelt_out(statement: Statement, policies: Iterable[Sequence[Statement]]) -> bool:
    """Whether all of these logs are written to a group that is spelt out somewhere.

    That is the group of what runs with the role, so what is open means another one.
    """
    actions = _of_logs(statement)
    return any(
        one.effect == "Allow"
        and any(_SPELT_OUT.search(item.text) for item in one.resources)
        and all(any(covers(held.text, action) for held in one.actions) for action in actions)
        for policy in policies
        for one in policy
    )


def _of_logs(statement: Statement) -> list[str]:
    texts = (item.text for item in statement.actions)
    return [one for one in texts if one.partition(":")[0].lower() == "logs"]
