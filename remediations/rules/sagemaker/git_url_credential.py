"""git-url-credential: a password in the address of a repository."""

from __future__ import annotations

import re

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import RequireSet
from remediations.terraform.module import Module, Resource

_CREDENTIAL = re.compile(r"^https?://[^/@:]+(:[^/@]+)?@")
_PATHS = {
    "aws_sagemaker_code_repository": ("git_config.repository_url",),
    "aws_sagemaker_notebook_instance": ("default_code_repository",),
}


class GitUrlCredential(RequireSet):
    """The value is never repeated: whoever reads the comment would have it too."""

    id = "git-url-credential"
    title = "Repository address holds a credential"
    resources = tuple(_PATHS)
    severity = Severities(Severity.CRITICAL, Severity.CRITICAL, Severity.CRITICAL)
    message = (
        "The address holds a name or a token: it is in the history of this repository, in the "
        "state, and in front of everybody who may describe the resource."
    )
    decides = "which repository is cloned"
    advice = (
        "Revoke it, put a new one into Secrets Manager, name that in git_config.secret_arn, and "
        "leave the address plain."
    )

    def paths(self, resource: Resource) -> tuple[str, ...]:
        return _PATHS[resource.kind]

    def applies(self, resource: Resource, module: Module) -> bool:
        return any(resource.attribute(path) is not None for path in self.paths(resource))

    def is_fine(self, value: object) -> bool:
        return not _CREDENTIAL.match(str(value))
