"""sg-plain-http: the internet talks to this without encryption."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from remediations.model import Safety, Severity
from remediations.open_traffic import keep_in_network
from remediations.rule import Offer, Rule, Severities, Violation
from remediations.security_groups import RULE, WRITERS, traffic
from remediations.terraform.module import Module, Resource

HTTP = (80, 80)


class SgPlainHttp(Rule):
    """Port 80 alone; a range that it lies in is more than that, and another rule's business."""

    id = "sg-plain-http"
    title = "Internet is let in without encryption"
    resources = WRITERS
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_260",)
    message = (
        "Whatever the internet sends to port 80, prompts and tokens among it, can be read and "
        "changed on its way."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only the VPC in on port 80",
        "In place. A load balancer that only sends callers on to HTTPS needs it open: say so "
        "with an exception.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for one in traffic(resource):
            if not one.is_ingress or one.site.hidden or one.ports != HTTP:
                continue
            for opening in one.openings():
                offer = self.offer
                if resource.kind == RULE:
                    cost = f"{offer.cost} The rule is destroyed and created again."
                    offer = replace(offer, safety=Safety.REPLACE, cost=cost)
                repair = keep_in_network(opening, one, module, offer)
                key = f"{one.site.statement}{'6' if opening.family == 6 else ''}"
                yield Violation(opening.argument, self.message, repair, opening.held, statement=key)
