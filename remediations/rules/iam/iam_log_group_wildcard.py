"""iam-log-group-wildcard: a role may use every log group, and the module has its own."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class LogGroupWildcard(ScopeResources):
    """Said only where the module declares a log group."""

    id = "iam-log-group-wildcard"
    title = "Every log group of the account"
    severity = Severities(Severity.INFO, Severity.LOW, Severity.LOW)
    noun = "log group"
    sid_word = "Logs"
    message = (
        "Whoever runs code with this role may use {actions} on every log group of the "
        "account, and so write into what others are watched by."
    )
    only_declared = True
