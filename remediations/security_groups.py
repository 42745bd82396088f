"""Rules of security groups, whichever of five resources writes them. Knows addresses, no rule.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .frozen import dataclass
from .lookups import free_name
from .model import Known
from .networks import vpc_module_of
from .rule import Targeted
from .shapes.place import Site, blocks
from .terraform.edit import AddTopLevel
from .terraform.module import Module, Resource
from .terraform.nodes import Attribute, Block, Body, Entry, Expression, ListExpression

GROUPS: Final = ("aws_security_group", "aws_default_security_group")
RULE: Final = "aws_security_group_rule"
INGRESS: Final = "aws_vpc_security_group_ingress_rule"
EGRESS: Final = "aws_vpc_security_group_egress_rule"
WRITERS: Final = (*GROUPS, RULE, INGRESS, EGRESS)

_ADDRESSES: Final = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")
_EVERYBODY: Final = ("0.0.0.0/0", "::/0")
_ALL: Final = ("-1", "all")
_EVERY_PORT: Final = (0, 65535)
# Their types and codes stand where others have ports.
_ICMP: Final = ("icmp", "icmpv6", "1", "58")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a rule says "everybody": the argument, and the text in it if it is one of a list."""

    argument: str
    held: Attribute | Entry
    node: Expression
    family: int
    is_alone: bool
    """Whether it is all that the argument says."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """One rule of a group, and the place it is written at."""

    resource: Resource
    site: Site
    is_ingress: bool

    @property
    def node(self) -> Attribute | Entry | Block | Expression | None:
        """What a finding points at; None is the line that names the resource."""
        return self.site.block

    @property
    def protocol_argument(self) -> str:
        """The newer resources call it by another name."""
        return "ip_protocol" if self.resource.kind in (INGRESS, EGRESS) else "protocol"

    def held(self, name: str) -> Attribute | Entry | None:
        """An argument of the rule."""
        holder = self.site.holder
        return holder.attributes.get(name) if isinstance(holder, Body) else holder.entry(name)

    def known(self, name: str) -> object:
        """What an argument is worth; None where nobody says, or nobody can tell."""
        held = self.held(name)
        value = self.resource.home.evaluate(held.value) if held else None
        return value.value if isinstance(value, Known) else None

    @property
    def ports(self) -> tuple[int, int] | None:
        """From and to; None where the text does not tell, and for ICMP, which has none."""
        protocol = str(self.known(self.protocol_argument)).lower()
        if protocol in _ALL:
            return _EVERY_PORT
        if protocol in _ICMP:
            return None
        try:
            return int(str(self.known("from_port"))), int(str(self.known("to_port")))
        except ValueError:
            return None

    @property
    def is_everything(self) -> bool:
        """Every protocol, or every port of one."""
        return self.ports == _EVERY_PORT

    def openings(self) -> Iterator[Opening]:
        """Every place that names the whole internet."""
        module = self.resource.home
        for name in _ADDRESSES:
            held = self.held(name)
            if held is None:
                continue
            family = 6 if "6" in name.removesuffix("_blocks") else 4
            value = held.value
            items = value.items if isinstance(value, ListExpression) else ()
            for item in items:
                if _names_everybody(module, item):
                    yield Opening(name, held, item, family, len(items) == 1)
            if not items and _names_everybody(module, value):
                yield Opening(name, held, value, family, True)


def _names_everybody(module: Module, value: Expression) -> bool:
    found = module.evaluate(value)
    if not isinstance(found, Known):
        return False
    held = found.value if isinstance(found.value, tuple | list) else (found.value,)
    return any(one in _EVERYBODY for one in held)


def traffic(resource: Resource) -> Iterator[Traffic]:
    """Every rule that a resource writes; those of a dynamic block have a hidden site."""
    if resource.kind in GROUPS:
        for type in ("ingress", "egress"):
            for site in blocks(resource, (type,)):
                if not site.missing:
                    yield Traffic(resource, site, type == "ingress")
    elif resource.kind == RULE:
        value = resource.value("type")
        if isinstance(value, Known):
            yield Traffic(resource, Site(resource.body, ""), value.value == "ingress")
    else:
        yield Traffic(resource, Site(resource.body, ""), resource.kind == INGRESS)


@dataclass(frozen=True, slots=True)
class Network:
    """How the addresses of a group's VPC are referred to. ``intents`` look it up."""

    addresses: str
    intents: tuple[Targeted, ...] = ()


def network_of(resource: Resource, module: Module) -> Network | str:
    """The VPC of a group, or of the group a rule belongs to; or why nobody can tell."""
    group = _group(resource, module)
    held = group.body.attributes.get("vpc_id") if group else None
    if group is None or held is None:
        return "The text does not say which VPC this is in."
    for address in module.references(held.value):
        named = module.resource(address)
        if named is not None and named.kind in ("aws_vpc", "data.aws_vpc"):
            if named.repetition is None:
                return Network(f"{address}.cidr_block")
            return f"`{address}` stands for several networks."
    text = group.document.text_of(held.value)
    name = vpc_module_of(module, text)
    return Network(f"module.{name}.vpc_cidr_block") if name else _looked_up(group, module, text)


def _group(resource: Resource, module: Module) -> Resource | None:
    if resource.kind in GROUPS:
        return resource
    held = resource.attribute("security_group_id")
    named = map(module.resource, module.references(held.value)) if held else ()
    found = [one for one in named if one is not None and one.kind in GROUPS]
    return found[0] if len(found) == 1 else None


def _looked_up(group: Resource, module: Module, text: str) -> Network | str:
    """Whatever names the VPC, its addresses can be asked for."""
    value = group.value("vpc_id")
    if group.repetition is not None or "\n" in text or value in (Known(None), Known("")):
        return "The text does not say which VPC this is in."
    for found in module.of_kind("data.aws_vpc"):
        held = found.body.attributes.get("id")
        same = held is not None and found.document.text_of(held.value) == text
        if same and found.repetition is None:
            return Network(f"{found.address}.cidr_block")
    name = free_name(module, "data.aws_vpc", group.name)
    block = f'data "aws_vpc" "{name}" {{\n  id = {text}\n}}'
    intent = Targeted(group.path, AddTopLevel(block, group.block))
    return Network(f"data.aws_vpc.{name}.cidr_block", (intent,))
