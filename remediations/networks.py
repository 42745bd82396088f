"""Which subnets and security groups a repair refers to. Never an invented id; knows no rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Final

from .frozen import dataclass
from .model import Known
from .rule import Advice, Targeted
from .terraform.edit import InsertAttribute
from .terraform.module import Module, Resource
from .terraform.nodes import Block, Body, Document, Expression, ListExpression

# Whatever these are placed in, another one of the module may be placed in too.
_NEIGHBOURS: Final = re.compile(r"aws_(sagemaker|bedrock|lambda_function$|batch_compute)")
_LISTS: Final = {
    "subnets": ("subnets", "subnet_ids"),
    "groups": ("security_groups", "security_group_ids"),
}
_VARIABLES: Final = {
    "subnets": re.compile(r"^((private|vpc|ml|sagemaker|app)_)*subnets?(_ids?)?$"),
    "groups": re.compile(r"^((vpc|ml|sagemaker|app)_)*(security_groups?|sgs?)(_ids?)?$"),
}
_PUBLIC: Final = re.compile(r"(^|[-_])(public|dmz)($|[-_])")
_VPC_MODULE: Final = re.compile(r"^terraform-aws-modules/vpc/aws$")
_PER_INSTANCE: Final = ("each.", "count.", "self.")
_EMPTY: Final = (Known(None), Known(()), Known(""))


@dataclass(frozen=True, slots=True)
class Members:
    """Several of a kind as one list, and the first of them."""

    all: str
    first: str


def choose_subnets(module: Module, user: Resource) -> Members | str:
    """The private subnets of the module, or why nobody can choose."""
    return _chosen(module, user, "subnets", _subnets)


def choose_groups(module: Module, user: Resource) -> Members | str:
    """The security group of the module, or why nobody can choose."""
    return _chosen(module, user, "groups", _groups)


def vpc_module_of(module: Module, text: str) -> str | None:
    """The call of the public VPC module that ``text`` takes its VPC from, if it does."""
    return next((n for n in _vpc_modules(module) if text == f"module.{n}.vpc_id"), None)


def place(
    module: Module, user: Resource, body: Body, subnets: str, groups: str
) -> tuple[Targeted, ...] | Advice:
    """Write the arguments that ``body`` lacks; one that is named in the singular gets one."""
    placed: list[Targeted] = []
    for name, choose in ((subnets, choose_subnets), (groups, choose_groups)):
        if name in body.attributes:
            continue
        choice = choose(module, user)
        if isinstance(choice, str):
            return Advice(f"{choice} Set `{subnets}` and `{groups}` here.")
        text = choice.first if name.endswith("_id") else choice.all
        placed.append(Targeted(user.path, InsertAttribute(body, name, text)))
    return tuple(placed)


def written(module: Module, user: Resource, subnets: str, groups: str) -> dict[str, str] | Advice:
    """The two arguments of a block that is new, by name."""
    arguments: dict[str, str] = {}
    for name, choose in ((subnets, choose_subnets), (groups, choose_groups)):
        choice = choose(module, user)
        if isinstance(choice, str):
            return Advice(f"{choice} Set `{subnets}` and `{groups}` here.")
        arguments[name] = choice.all
    return arguments


def _chosen(
    module: Module, user: Resource, what: str, declared: Callable[[Module], Iterator[Members]]
) -> Members | str:
    neighbours = _of_neighbours(module, user, what)
    if len(neighbours) == 1:
        return neighbours[0]
    candidates = module.remember(
        ("candidates", what),
        lambda: list(dict.fromkeys([*declared(module), *_variables(module, what)])),
    )
    word = {"subnets": "private subnet", "groups": "security group"}[what]
    if not neighbours and len(candidates) == 1:
        return candidates[0]
    if not candidates and not neighbours:
        return f"This module has no {word} that this could stand in."
    return f"This module has several {word}s, and the text does not say which one is meant."


def _of_neighbours(module: Module, user: Resource, what: str) -> list[Members]:
    """What others say, each once, two at most: what only the user itself says does not count."""
    key = ("network arguments", what)
    by_block = module.remember(key, lambda: _by_block(module, what))
    said = module.remember(
        (*key, "counted"), lambda: Counter(chain.from_iterable(by_block.values()))
    )
    own = Counter(by_block.get(id(user.block), ()))
    others = (members for members, count in said.items() if count > own[members])
    return list(islice(others, 2))


def _by_block(module: Module, what: str) -> dict[int, list[Members]]:
    found: dict[int, list[Members]] = {}
    for resource in module.resources:
        if _NEIGHBOURS.match(resource.type):
            found.setdefault(id(resource.block), []).extend(_said_by(resource, what))
    return found


def _said_by(resource: Resource, what: str) -> Iterator[Members]:
    for name, value in _arguments(resource.body):
        if name == "subnet_id" and what == "subnets":
            text = resource.document.text_of(value)
            found = Members(f"[{text}]", text)
        elif name in _LISTS[what]:
            found = _listed(resource.document.text_of(value), value, resource)
        else:
            continue
        if not any(word in found.all for word in _PER_INSTANCE):
            yield found


def _listed(text: str, value: Expression, resource: Resource) -> Members:
    if isinstance(value, ListExpression) and value.items:
        return Members(text, resource.document.text_of(value.items[0]))
    return Members(text, _first_of(text))


def _first_of(text: str) -> str:
    """``aws_subnet.a[*].id`` names them all, ``aws_subnet.a[0].id`` the first."""
    return text.replace("[*]", "[0]", 1) if "[*]" in text and "(" not in text else f"{text}[0]"


def _arguments(body: Body) -> Iterator[tuple[str, Expression]]:
    bodies = [body]
    while bodies:
        held = bodies.pop()
        bodies.extend(block.body for block in held.blocks())
        yield from ((a.name, a.value) for a in held.attributes.values())


def _subnets(module: Module) -> Iterator[Members]:
    public = with_internet_route(module)
    held = [
        subnet
        for subnet in module.of_kind("aws_subnet")
        if subnet.address not in public and not _hands_out_public_addresses(module, subnet)
    ]
    plain: dict[str, list[str]] = {}
    for subnet in held:
        if subnet.repetition is None:
            plain.setdefault(_text(subnet, "vpc_id"), []).append(f"{subnet.address}.id")
    for ids in plain.values():
        yield Members(f"[{', '.join(ids)}]", ids[0])
    for subnet in held:
        if subnet.repetition is not None:
            yield _repeated(subnet)
    for found in module.of_kind("data.aws_subnets"):
        if not _PUBLIC.search(found.name) and found.repetition is None:
            yield Members(f"{found.address}.ids", f"{found.address}.ids[0]")
    for name in _vpc_modules(module):
        yield Members(f"module.{name}.private_subnets", f"module.{name}.private_subnets[0]")


def _repeated(subnet: Resource) -> Members:
    if "count" in subnet.body.attributes:
        return Members(f"{subnet.address}[*].id", f"{subnet.address}[0].id")
    every = f"values({subnet.address})[*].id"
    return Members(every, f"{every}[0]")


def _hands_out_public_addresses(module: Module, subnet: Resource) -> bool:
    flag = module.value_of(subnet.attribute("map_public_ip_on_launch"))
    is_private = isinstance(flag, Known) and flag.value in (None, False, "false")
    return not is_private or bool(_PUBLIC.search(subnet.name))


def with_internet_route(module: Module) -> frozenset[str]:
    """Subnets whose route table leads to an internet gateway of the module."""
    tables: set[str] = set()
    for kind in ("aws_route_table", "aws_route"):
        for route in module.of_kind(kind):
            named = {a for _, value in _arguments(route.body) for a in module.references(value)}
            if any(address.startswith("aws_internet_gateway.") for address in named):
                tables |= {route.address} | {a for a in named if a.startswith("aws_route_table.")}
    found: set[str] = set()
    for link in module.of_kind("aws_route_table_association"):
        named = {a for _, value in _arguments(link.body) for a in module.references(value)}
        if named & tables:
            found |= {address for address in named if address.startswith("aws_subnet.")}
    return frozenset(found)


def _groups(module: Module) -> Iterator[Members]:
    for group in module.of_kind("aws_security_group"):
        if group.repetition is None:
            yield Members(f"[{group.address}.id]", f"{group.address}.id")
    for found in module.of_kind("data.aws_security_group"):
        if found.repetition is None:
            yield Members(f"[{found.address}.id]", f"{found.address}.id")


def _vpc_modules(module: Module) -> Iterator[str]:
    for _, block in _blocks(module, "module"):
        source = module.value_of(block.body.attributes.get("source"))
        is_vpc = isinstance(source, Known) and _VPC_MODULE.match(str(source.value))
        if is_vpc and not {"count", "for_each"} & set(block.body.attributes):
            yield ".".join(block.labels)


def _variables(module: Module, what: str) -> Iterator[Members]:
    """Those that are named so and are not empty unless somebody passes something in."""
    for document, block in _blocks(module, "variable"):
        name = ".".join(block.labels)
        default = block.body.attributes.get("default")
        is_empty = default is not None and module.value_of(default) in _EMPTY
        if not _VARIABLES[what].match(name) or is_empty:
            continue
        type = block.body.attributes.get("type")
        if not name.endswith("s"):
            yield Members(f"[var.{name}]", f"var.{name}")
        elif type is None or document.text_of(type.value).startswith("list"):
            yield Members(f"var.{name}", f"var.{name}[0]")


def _blocks(module: Module, type: str) -> Iterator[tuple[Document, Block]]:
    return ((document, block) for block, document in module.blocks(type))


def _text(resource: Resource, name: str) -> str:
    held = resource.body.attributes.get(name)
    return resource.document.text_of(held.value) if held else ""
