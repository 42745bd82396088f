"""iam-ecr-repository-wildcard: a role may use every repository, and the module has its own."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class EcrRepositoryWildcard(ScopeResources):
    """Said only where the module declares a repository."""

    id = "iam-ecr-repository-wildcard"
    title = "Every image repository of the account"
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    noun = "repository"
    sid_word = "Repository"
    message = (
        "Whoever runs code with this role may use {actions} on the images of every team, not "
        "only on those of this module."
    )
    only_declared = True
