"""iam-access-key: a key that never ends, made by Terraform and kept in its state."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.model import Known, Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource


class AccessKey(Rule):
    """With a PGP key the secret is not readable in the state, but it still never ends."""

    id = "iam-access-key"
    title = "Access key that never ends"
    resources = ("aws_iam_access_key",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.value("pgp_key") == Known(None):
            state = " Its secret stands readable in Terraform's state."
        else:
            state = ""
        yield Violation(
            "user",
            "This key works for whoever holds it, from anywhere, until somebody deletes it; "
            f"pipelines and notebooks are where such keys leak.{state}",
            Advice(
                "Let a role be assumed in its place: jobs on AWS have one already, and pipelines "
                "elsewhere can use OpenID Connect. Then delete the key."
            ),
        )
