"""aws-region-name-deprecated: a region asked for its `name`, which version 6 calls `region`."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.model import Related, Safety, Severity
from remediations.rule import Offer, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Block, Document, Reference, all_attributes
from remediations.terraform.resource import address_of


class AwsRegionNameDeprecated(Rule):
    """Only where every allowed version knows `region`."""

    id = "aws-region-name-deprecated"
    title = "Region is asked for its old name"
    resources = ("data.aws_region",)
    severity = Severities(Severity.INFO, Severity.INFO, Severity.INFO)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if min(module.aws_majors) < 6:
            return
        uses = module.remember("names of regions", lambda: _uses(module))
        found = uses.get(f"{resource.address}.name", ())
        if not found:
            return
        message = (
            "Version 6 of the provider calls it `region`, and warns at `name` in every plan until "
            "it goes."
        )
        offer = Offer(Safety.SAFE, "Ask for `region`", "Nothing is applied differently.")
        new = f"{resource.address}.region"
        intents = (Targeted(d.path, SetValue(node, new)) for d, _, node in found)
        touches = tuple(dict.fromkeys(address_of(block) for _, block, _ in found))
        related = tuple(Related(d.source.location(node.span), "also") for d, _, node in found)
        repair = offer.repair(*intents, touches=touches)
        yield Violation("name", message, repair, related=related)


_Use = tuple[Document, Block, Reference]


def _uses(module: Module) -> dict[str, list[_Use]]:
    """Every name that an expression ends in as `….name`, with where it stands."""
    found: dict[str, list[_Use]] = {}
    for document in module.documents:
        for block in document.body.blocks():
            for attribute in all_attributes(block.body):
                for node in module.references_in(attribute.value):
                    if node.dotted.startswith("data.aws_region."):
                        found.setdefault(node.dotted, []).append((document, block, node))
    return found
