"""msk-plaintext: a Kafka cluster that lets records pass in plain text."""

from __future__ import annotations

from typing import Final

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import Argument
from remediations.shapes.place import Site
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource

_OUTER: Final = "encryption_info.encryption_in_transit"
_GOOD: Final = {"client_broker": '"TLS"', "in_cluster": "true"}


class MskPlaintext(Argument):
    """TLS everywhere, where nobody says otherwise."""

    id = "msk-plaintext"
    title = "Kafka cluster lets records pass in plain text"
    resources = ("aws_msk_cluster",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_81",)
    message = (
        "Events on their way to features and models cross the network in plain text: whoever "
        "listens in the VPC reads them."
    )
    decides = "whether records cross the network in plain text"
    only_inside = True

    def paths(self, resource: Resource) -> tuple[str, ...]:
        return tuple(f"{_OUTER}.{name}" for name in _GOOD)

    def is_fine(self, value: object) -> bool:
        return value in (None, "TLS", True, "true")

    def should_be(self) -> str:
        return "TLS"

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        held = site.held
        if held is None:
            return Advice("Say TLS here.")
        # Version 4 of the provider and older ones create the cluster again for either.
        in_place = site.name == "client_broker" and min(module.aws_majors) > 4
        cost = (
            "In place; brokers are restarted one by one, and clients that speak plain text are "
            "cut off: move them to the TLS port first."
            if in_place
            else "The cluster is destroyed and created again, with every record in it. Clients "
            "that speak plain text are cut off."
        )
        offer = Offer(
            Safety.REVIEW if in_place else Safety.REPLACE, "Let records pass by TLS only", cost
        )
        return offer.repair(Targeted(resource.path, SetValue(held.value, _GOOD[site.name])))
