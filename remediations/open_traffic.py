"""How a rule of a security group that names the whole internet is narrowed. Knows no rule."""

from __future__ import annotations

from .rule import Advice, Offer, Repair, Targeted
from .security_groups import Opening, Traffic, network_of
from .terraform.edit import InsertAttribute, RemoveItem, SetValue
from .terraform.module import Module
from .terraform.nodes import Attribute, Body, ListExpression, Literal, String

_PORT = "443"


def keep_in_network(
    opening: Opening, one: Traffic, module: Module, offer: Offer | Advice
) -> Repair | Advice:
    """The VPC's own addresses in place of everybody's; advice where nobody can tell which."""
    if isinstance(offer, Advice):
        return offer
    if opening.family == 6:
        return _without_ipv6(opening, one, offer)
    network = network_of(one.resource, module)
    if isinstance(network, str):
        return Advice(f"{network} Write the addresses here that need it.")
    is_whole = not isinstance(opening.held.value, ListExpression)
    is_listed = is_whole and opening.argument == "cidr_blocks"
    text = f"[{network.addresses}]" if is_listed else network.addresses
    written = Targeted(one.resource.path, SetValue(opening.node, text))
    return offer.repair(written, *network.intents)


def _without_ipv6(opening: Opening, one: Traffic, offer: Offer) -> Repair | Advice:
    """A network has IPv6 addresses only if somebody asked for them, so the line goes."""
    others = [name for name in ("cidr_blocks", "security_groups", "self") if one.held(name)]
    if not others or not opening.is_alone or not isinstance(opening.held, Attribute):
        return Advice("Write the IPv6 addresses here that need it.")
    return offer.repair(Targeted(one.resource.path, RemoveItem(opening.held)))


def only_https(one: Traffic, offer: Offer) -> Repair | Advice:
    """TCP to port 443 in place of everything, wherever it may go."""
    body = one.site.holder
    if not isinstance(body, Body):
        return Advice("Say `tcp` and port 443 in the object here.")
    wanted = {"from_port": _PORT, "to_port": _PORT, one.protocol_argument: '"tcp"'}
    written: list[Targeted] = []
    for name, text in wanted.items():
        held = body.attributes.get(name)
        if held is not None and not isinstance(held.value, Literal | String):
            return Advice(f"`{name}` is passed on from elsewhere. Say `tcp` and port 443 here.")
        intent = SetValue(held.value, text) if held else InsertAttribute(body, name, text)
        written.append(Targeted(one.resource.path, intent))
    return offer.repair(*written)
