"""iam-dynamodb-table-wildcard: a role may use every table of the account."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class DynamodbTableWildcard(ScopeResources):
    """The table, and its indexes and stream where actions need them."""

    id = "iam-dynamodb-table-wildcard"
    title = "Every table of the account"
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    noun = "table"
    sid_word = "Table"
    message = (
        "Whoever runs code with this role may use {actions} on every table of the account, "
        "not only on those of this module."
    )
