"""sg-open-ingress: the whole internet may knock."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.model import Safety, Severity
from remediations.open_traffic import keep_in_network
from remediations.rule import Advice, Offer, Rule, Severities, Violation
from remediations.security_groups import RULE, WRITERS, Opening, Traffic, traffic
from remediations.terraform.module import Module, Resource

WEB = ((80, 80), (443, 443))
_WORDS = {
    22: "SSH",
    3389: "remote desktops",
    5000: "MLflow",
    6006: "TensorBoard",
    8265: "Ray",
    8888: "Jupyter",
}


class SgOpenIngress(Rule):
    """Any port but those of the web: what is behind them was not made for strangers."""

    id = "sg-open-ingress"
    title = "Security group is open to the internet"
    resources = WRITERS
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277")
    offer = Offer(
        Safety.REVIEW,
        "Let only the VPC in",
        "In place. Whoever comes from outside of the VPC is refused from then on: let them in by "
        "their own addresses, through a VPN or Session Manager.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for one in traffic(resource):
            if not one.is_ingress or one.site.hidden or one.ports is None or one.ports in WEB:
                continue
            for opening in one.openings():
                repair = keep_in_network(opening, one, module, self._offer(one))
                yield Violation(
                    opening.argument,
                    _message(one.ports),
                    repair,
                    opening.held,
                    statement=_key(one, opening),
                )

    def _offer(self, one: Traffic) -> Offer | Advice:
        if one.resource.kind != RULE:
            return self.offer
        cost = f"{self.offer.cost} The rule is destroyed and created again."
        return Offer(Safety.REPLACE, self.offer.title, cost)


def _message(ports: tuple[int, int]) -> str:
    low, high = ports
    words = [word for port, word in _WORDS.items() if low <= port <= high]
    if (low, high) == (0, 65535):
        what = "everything that listens here"
    elif low == high:
        what = f"port {low}" + (f" ({words[0]})" if words else "")
    else:
        what = f"the ports {low} to {high}" + (f" ({', '.join(words)} among them)" if words else "")
    return f"The whole internet may knock at {what}, and scanners do within minutes."


def _key(one: Traffic, opening: Opening) -> str:
    return f"{one.site.statement}{opening.family if opening.family == 6 else ''}"
