"""iam-passrole-wildcard: a role may hand any role of the account to a service."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class PassroleWildcard(ScopeResources):
    """The roles are named that the services take on which it sets to work."""

    id = "iam-passrole-wildcard"
    title = "Any role may be passed"
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
    noun = "role"
    sid_word = "PassRole"
    message = (
        "Whoever runs code with this role may hand any role of the account to a service, an "
        "administrator's too, and have it work for them."
    )
    about = ("iam:PassRole",)
