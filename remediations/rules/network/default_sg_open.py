"""default-sg-open: what names no security group still gets one."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.lookups import free_name
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import AddTopLevel, RemoveItem
from remediations.terraform.module import Module, Resource

DEFAULT = "aws_default_security_group"
VPC = "aws_vpc"
_RULES = ("ingress", "egress")


class DefaultSgOpen(Rule):
    """Left alone, the default group lets its members talk and lets everything out."""

    id = "default-sg-open"
    title = "Default security group lets traffic through"
    resources = (VPC, DEFAULT)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV2_AWS_12",)
    message = (
        "Whatever is started here and names no security group gets the default one: it may talk "
        "to everything else in it, and to the whole internet."
    )
    offer = Offer(
        Safety.REVIEW,
        "Empty the default security group",
        "In place. What has been using the default group is cut off until it names its own.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.kind == DEFAULT:
            blocks = [block for block in resource.body.blocks() if block.type in _RULES]
            if blocks:
                repair = self.offer.repair(
                    *(Targeted(resource.path, RemoveItem(b)) for b in blocks)
                )
                yield Violation("", self.message, repair, blocks[0])
            return
        held = [one for one in module.of_kind(DEFAULT) if _belongs(one, resource, module)]
        if held or module.unread:
            return
        yield Violation("", self.message, self._repair(resource, module))

    def _repair(self, vpc: Resource, module: Module) -> Repair | Advice:
        if vpc.repetition is not None:
            return Advice(f"Write an `{DEFAULT}` without rules for each of them.")
        name = free_name(module, DEFAULT, vpc.name)
        text = f'resource "{DEFAULT}" "{name}" {{\n  vpc_id = {vpc.address}.id\n}}'
        return self.offer.repair(Targeted(vpc.path, AddTopLevel(text, vpc.block)))


def _belongs(one: Resource, vpc: Resource, module: Module) -> bool:
    """Where it is passed in, or repeated, it may belong to any of them."""
    held = one.attribute("vpc_id")
    named = module.references(held.value) if held else ()
    vpcs = [address for address in named if address.startswith(f"{VPC}.")]
    return not vpcs or vpc.address in vpcs
