"""iam-trust-any-principal: a role that anybody in the world may take on."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.iam.trust import ARGUMENT, ROLE
from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities, Violation
from remediations.shapes import RequireNamedPrincipals
from remediations.terraform.module import Module, Resource


class TrustAnyPrincipal(RequireNamedPrincipals):
    """A trust policy that is passed in is nothing to speak of: most name a service."""

    id = "iam-trust-any-principal"
    title = "Role that anybody may take on"
    resources = (ROLE,)
    severity = Severities(Severity.CRITICAL, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_60",)
    argument = ARGUMENT
    message = (
        "Anybody with an AWS account can take on this role and do all that it may do, with your "
        "data and at your cost."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only this account take on the role",
        "Applied in place; other accounts can no longer take it on. In this account, principals "
        "with permission to assume it still can.",
    )
    advice = "Name the services, roles or accounts that may take it on in place of everybody."

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        yield from (one for one in super().judge(resource, module) if one.unknown is None)
