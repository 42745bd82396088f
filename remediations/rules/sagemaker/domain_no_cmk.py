"""domain-no-cmk: a Studio domain whose file system has no key of your own. Advice only."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.keys import uses_own_key
from remediations.model import Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource


class DomainNoCmk(Rule):
    """Replacing a domain loses every profile and home directory, so no edit is offered."""

    id = "domain-no-cmk"
    title = "Studio storage has no key of your own"
    resources = ("aws_sagemaker_domain",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = resource.attribute("kms_key_id")
        if uses_own_key(module, held):
            return
        message = (
            "Home directories of everybody in this domain are encrypted with a key of AWS, which "
            "nobody here can audit or take away."
        )
        advice = Advice(
            "Setting kms_key_id later replaces the domain and loses its profiles and home "
            "directories. Decide before the first apply, or plan a move."
        )
        yield Violation("kms_key_id", message, advice, held)
