"""sg-open-egress: whatever runs here may send anything anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from remediations.model import Safety, Severity
from remediations.open_traffic import only_https
from remediations.rule import Offer, Rule, Severities, Violation
from remediations.security_groups import RULE, WRITERS, traffic
from remediations.terraform.module import Module, Resource


class SgOpenEgress(Rule):
    """Every protocol, or every port, to everybody."""

    id = "sg-open-egress"
    title = "Everything may leave to the internet"
    resources = WRITERS
    severity = Severities(Severity.INFO, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_382",)
    message = (
        "Whatever runs here, a notebook or a package from the internet, may send training data "
        "anywhere by any protocol, and nobody would see it."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only HTTPS out",
        "In place. What leaves by another port (a database, NFS, a training cluster's own "
        "traffic) needs a rule of its own.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for one in traffic(resource):
            openings = [] if one.site.hidden else list(one.openings())
            if one.is_ingress or not one.is_everything or not openings:
                continue
            offer = self.offer
            if resource.kind == RULE:
                cost = f"{offer.cost} The rule is destroyed and created again."
                offer = replace(offer, safety=Safety.REPLACE, cost=cost)
            repair = only_https(one, offer)
            first = openings[0]
            yield Violation(
                first.argument, self.message, repair, first.held, statement=one.site.statement
            )
