"""sg-no-description: nobody can tell what a group or a rule is for."""

from __future__ import annotations

import re

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.security_groups import EGRESS, INGRESS, RULE, Traffic, traffic
from remediations.shapes import RequireSet
from remediations.shapes.place import Site
from remediations.shapes.written import set_at
from remediations.terraform.module import Module, Resource

GROUP = "aws_security_group"
_PLAIN = "Network access of this module"
_GENERIC = re.compile(r"^(this|main|default|sg|group)$")


class SgNoDescription(RequireSet):
    """Terraform writes "Managed by Terraform" where nobody says anything."""

    id = "sg-no-description"
    title = "Security group or rule says not what it is for"
    resources = (GROUP, RULE, INGRESS, EGRESS)
    severity = Severities(Severity.INFO, Severity.INFO, Severity.LOW)
    aliases = ("CKV_AWS_23",)
    only_inside = True
    message = (
        "Nobody can tell later what this is for, so nobody dares to close it: openings that were "
        "made for one experiment stay."
    )
    decides = "whether anybody can tell what this is for"

    def paths(self, resource: Resource) -> tuple[str, ...]:
        if resource.kind != GROUP:
            return ("description",)
        return ("description", "ingress.description", "egress.description")

    def is_fine_unread(self, site: Site, module: Module) -> bool:
        """Where a dynamic block writes rules, its content shows whether they say it."""
        return True

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        is_group = resource.kind == GROUP and site.block is None
        text = _of_group(resource) if is_group else _of_rule(_rule_at(site, resource))
        written = set_at(site, resource, f'"{text}"', {}, "name" if is_group else "")
        if isinstance(written, Advice):
            return written
        return _OFFERS[is_group].repair(written)


_OFFERS = {
    True: Offer(
        Safety.REPLACE,
        "Say what the group is for",
        "A group that exists is destroyed and created again, which AWS refuses while something "
        "uses it. Say more than its name does, if you can.",
    ),
    False: Offer(
        Safety.SAFE,
        "Say what the rule is for",
        "In place. Say why, too, if you can.",
    ),
}


def _of_group(resource: Resource) -> str:
    words = re.sub(r"[-_]+", " ", resource.name).strip()
    words = re.sub(r"\b(sg|security group)\b", "", words, flags=re.IGNORECASE).strip()
    words = re.sub(r" +", " ", words)
    return f"Network access of {words}" if words and not _GENERIC.match(words) else _PLAIN


def _rule_at(site: Site, resource: Resource) -> Traffic | None:
    for one in traffic(resource):
        if one.site.holder is site.holder:
            return one
    return None


def _of_rule(one: Traffic | None) -> str:
    if one is None:
        return "Traffic of this group"
    way = "Inbound" if one.is_ingress else "Outbound"
    within = " within the group" if one.known("self") is True else ""
    return f"{way} {_ports(one)}{within}"


def _ports(one: Traffic) -> str:
    protocol = str(one.known(one.protocol_argument) or "").upper()
    # What lets everything out to everybody is narrowed by another rule, so nothing is promised.
    if one.is_everything and any(one.openings()):
        return "traffic"
    if protocol not in ("TCP", "UDP"):
        return "traffic of every kind" if one.is_everything else "traffic"
    if one.ports is None:
        return protocol
    low, high = one.ports
    return f"{protocol} {low}" if low == high else f"{protocol} {low}-{high}"
