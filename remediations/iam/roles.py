"""Whose policy it is, and what works with it: from a policy to its roles, and to their users.

Follows references of one module, and the names of its roles; judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ..frozen import dataclass
from ..model import Known
from ..terraform.belonging import resolve
from ..terraform.module import Module, Resource
from ..terraform.nodes import Attribute, all_attributes
from .identity import NO_USE, POLICY
from .statement import Statement
from .statements import DOCUMENT, ENCODED, policies
from .trust import takers

ROLE: Final = "aws_iam_role"
_INLINE: Final = "aws_iam_role_policy"
ATTACHMENTS: Final = (
    "aws_iam_role_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
)
_IAM: Final = "aws_iam_"
# Whoever starts a job, a task or a training there says which role it runs with.
_TOLD_ITS_ROLE: Final = frozenset(
    {"batch", "bedrock", "ecs-tasks", "elasticmapreduce", "emr-serverless", "glue", "sagemaker"}
)
_PROFILE: Final = "aws_iam_instance_profile"
_LOOKUP: Final = f"data.{ROLE}"
_IN_ARN: Final = ":role/"
# Arguments by which others let a role in, or only speak of it.
_LETS_IN: Final = re.compile(r"polic(y|ies)|principal|grantee|allowed|admin|tags|description")
_FROM_ELSEWHERE: Final = frozenset({"data", "each", "module", "var"})
# Arguments by which a role is taken on. One that stands in a definition, in an environment or in
# a stage's configuration is passed on to somebody else, and nothing runs with the role by which ECS
# keeps load balancers and machines.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
_TAKES: Final = re.compile(
    r"(?!infrastructure_)(?:.*_)?(?:role|profile)(?:_arn|_name)?s?|container_properties"
)


def roles_of(holder: Resource, module: Module) -> tuple[Resource, ...]:
    """The roles that a document or a policy ends up on."""
    key = ("roles of", holder.address)
    return module.remember(key, lambda: tuple(_roles_of(holder, module)))


def _roles_of(holder: Resource, module: Module) -> Iterator[Resource]:
    pending, seen = [holder], {holder.address}
    found: dict[str, Resource] = {}
    while pending:
        one = pending.pop()
        if one.kind == ROLE:
            found.setdefault(one.address, one)
            continue
        for following in _following(one, module):
            if following.address not in seen:
                seen.add(following.address)
                pending.append(following)
    yield from found.values()


def _following(one: Resource, module: Module) -> Iterator[Resource]:
    """From a policy to where it is attached, and from there to the role."""
    if one.kind == _INLINE or one.kind in ATTACHMENTS:
        for argument in ("role", "roles", "role_name"):
            held = one.attribute(argument)
            for address in module.references(held.value) if held else ():
                role = module.resource(address)
                if role is not None and role.kind == ROLE:
                    yield role
        return
    for user, argument in module.users_of(one.address):
        if argument in NO_USE or argument == "assume_role_policy":
            continue
        if user.kind in (DOCUMENT, POLICY, _INLINE, ROLE, *ATTACHMENTS):
            yield user


def is_handed_on(holder: Resource, module: Module) -> bool:
    """Whether it is attached to something out of sight, or given to another module.

    Not so with an inline policy that names its role: its module gives it to that one, for what this
    module is about.
    """
    handed_out = module.remember("handed out", lambda: frozenset(_handed_out(module)))
    pending, seen = [holder], {holder.address}
    while pending:
        one = pending.pop()
        if one.kind == _INLINE:
            if _has_a_role_from_elsewhere(one, module):
                return True
            continue
        if one.kind not in (DOCUMENT, POLICY) or one.address in handed_out:
            return True
        for user, argument in module.users_of(one.address):
            if argument not in NO_USE and user.address not in seen:
                seen.add(user.address)
                pending.append(user)
    return False


def _has_a_role_from_elsewhere(inline: Resource, module: Module) -> bool:
    """Whether its role is made elsewhere, and comes from there."""
    held = inline.attribute("role")
    names = module.references_in(held.value) if held else ()
    return any(one.parts[0] in _FROM_ELSEWHERE for one in names)


def _handed_out(module: Module) -> Iterator[str]:
    for call in module.calls:
        for attribute in all_attributes(call.block.body):
            yield from module.references(attribute.value)


def out_of_sight(roles: tuple[Resource, ...], module: Module) -> str | None:
    """What one of the roles is given to: what runs with it there does not stand here.

    That may be a module, the one that calls this one where it works with an output that the role
    is in, something that passes it on, or whoever starts work with what the root gives out.
    """
    given = module.remember(
        "given away",
        lambda: {
            **_called_elsewhere(module),
            **_given_out(module),
            **_told_to_others(module),
            **_given_away(module),
        },
    )
    return next((given[role.address] for role in roles if role.address in given), None)


def machines_of(roles: tuple[Resource, ...], module: Module) -> str | None:
    """A profile by which machines take on one of the roles; what they do stands on them."""
    used = (user for role in roles for user, _ in module.users_of(role.address))
    return next((user.address for user in used if user.type == _PROFILE), None)


def _told_to_others(module: Module) -> Mapping[str, str]:
    """Roles, each with what names it and neither runs with it nor lets it in."""
    found: dict[str, str] = {}
    for role in module.of_kind(ROLE):
        running = {one.address for one in users_of_roles((role,), module)}
        for user, argument in module.users_of(role.address):
            is_aside = user.type.startswith(_IAM) or argument in NO_USE or user.address in running
            if not is_aside and not _LETS_IN.search(argument):
                found.setdefault(role.address, user.address)
    return found


def _called_elsewhere(module: Module) -> Mapping[str, str]:
    """Roles that are looked up by their name, or that something takes on by it."""
    roles = module.of_kind(ROLE)
    called = module.root.remember("roles by name", lambda: tuple(_by_name(module.root)))
    found: dict[str, str] = {}
    for role in roles if called else ():
        name, written = role.value("name"), _inner(role.attribute("name"), role)
        for one in called:
            is_same = isinstance(name, Known) and name.value == one.text
            is_alike = one.text == written and one.user.home is module and bool(written)
            if is_same or is_alike or role.place in one.places:
                found.setdefault(role.address, one.user.address)
    return found


@dataclass(frozen=True, slots=True)
class _Called:
    """What means a role by its name: how that is written, and the roles that go into it."""

    user: Resource
    text: str
    places: frozenset[str]


def _by_name(root: Module) -> Iterator[_Called]:
    """What looks a role up or takes one on in a text, in all modules of a root."""
    for module in root.family:
        for one in module.resources:
            if one.kind == _LOOKUP:
                held = one.attribute("name")
                yield from [_called(held, one)] if held is not None else ()
            for held in all_attributes(one.body) if not one.type.startswith(_IAM) else ():
                if _TAKES.fullmatch(held.name) and _IN_ARN in _inner(held, one):
                    yield _called(held, one)


def _called(held: Attribute, user: Resource) -> _Called:
    named = resolve(held.value, user.home, user.block)
    text = _inner(held, user).rpartition(_IN_ARN)[2].rpartition("/")[2]
    return _Called(user, text, frozenset(at.place for at in named if at.kind == ROLE))


def _inner(held: Attribute | None, one: Resource) -> str:
    """How a name is written, or what it is worth."""
    if held is None:
        return ""
    value = one.home.value_of(held)
    if isinstance(value, Known) and isinstance(value.value, str):
        return value.value
    text = one.document_of(held.value).text_of(held.value)
    return text[1:-1] if text.startswith('"') else f"${{{text}}}"


def _given_away(module: Module) -> Mapping[str, str]:
    found: dict[str, str] = {}
    if module.caller is not None and module.call is not None:
        caller, name = module.caller, module.call.name
        used = caller.remember("outputs used", lambda: frozenset(_outputs_used(caller)))
        for output, (block, _) in module.outputs.items():
            value = block.body.attributes.get("value")
            if value is not None and (name, output) in used:
                found |= dict.fromkeys(module.references(value.value), f"output.{output}")
    for call in module.calls:
        is_read = call.target is not None and call.target.stand_in is None
        worked = frozenset(_run_with(call.target)) if call.target and is_read else None
        for attribute in all_attributes(call.block.body):
            name = attribute.name
            if name not in NO_USE and (worked is None or name in worked):
                addresses = module.references(attribute.value)
                found |= dict.fromkeys(addresses, f"module.{call.name}")
    return found


def _given_out(module: Module) -> Mapping[str, str]:
    """Roles that the outputs of a root name, for services that are told a role with each job."""
    found: dict[str, str] = {}
    for output, (block, _) in module.outputs.items() if module.caller is None else ():
        value = block.body.attributes.get("value")
        for address in module.references(value.value) if value is not None else ():
            role = module.resource(address)
            if role is not None and role.kind == ROLE and takers((role,), module) & _TOLD_ITS_ROLE:
                found[address] = f"output.{output}"
    return found


def _run_with(module: Module) -> Iterator[str]:
    """Variables of a module that something may run with, there or in one that it calls."""
    held = [
        attribute
        for one in module.resources
        if not one.type.startswith(_IAM)
        for attribute in module.naming(one)
        if _TAKES.fullmatch(attribute.name)
    ]
    held += [one for call in module.calls for one in all_attributes(call.block.body)]
    held += [attribute for attribute, _ in module.locals.values()]
    for one in held:
        for node in module.references_in(one.value):
            if len(node.names) > 1 and node.names[0] == "var":
                yield node.names[1]


def _outputs_used(module: Module) -> Iterator[tuple[str, str]]:
    """Outputs of the modules it calls that it works with, by call and name; policies are none."""
    held = [
        attribute
        for one in module.resources
        if not one.type.startswith(_IAM)
        for attribute in module.naming(one)
    ]
    held += [one for call in module.calls for one in all_attributes(call.block.body)]
    held += [attribute for attribute, _ in module.locals.values()]
    if module.caller is not None:
        values = (block.body.attributes.get("value") for block, _ in module.outputs.values())
        held += [value for value in values if value is not None]
    for attribute in held:
        for node in module.references_in(attribute.value) if attribute.name not in NO_USE else ():
            if len(node.names) > 2 and node.names[0] == "module":
                yield node.names[1], node.names[2]


def policies_of(roles: tuple[Resource, ...], module: Module) -> tuple[tuple[Statement, ...], ...]:
    """Every policy that ends up on one of these roles."""
    by_role = module.remember("policies by role", lambda: _by_role(module))
    held = {number: policy for role in roles for number, policy in by_role.get(role.address, ())}
    return tuple(held[number] for number in sorted(held))


def _by_role(module: Module) -> Mapping[str, list[tuple[int, tuple[Statement, ...]]]]:
    """The policies of each role, numbered in the order of all."""
    found: dict[str, list[tuple[int, tuple[Statement, ...]]]] = {}
    holders = (one for kind in (DOCUMENT, *ENCODED) for one in module.of_kind(kind))
    written = ((holder, policy) for holder in holders for policy in policies(holder, module))
    for number, (holder, policy) in enumerate(written):
        for role in roles_of(holder, module):
            found.setdefault(role.address, []).append((number, policy))
    return found


def users_of_roles(roles: tuple[Resource, ...], module: Module) -> tuple[Resource, ...]:
    """What works with one of these roles, and what is built on it: a model, then its endpoint."""
    key = ("users of roles", tuple(role.address for role in roles))
    return module.remember(key, lambda: _users_of_roles(roles, module))


def _users_of_roles(roles: tuple[Resource, ...], module: Module) -> tuple[Resource, ...]:
    found: dict[str, Resource] = {}
    pending = list(roles)
    while pending:
        one = pending.pop()
        for user, argument in module.users_of(one.address):
            if user.type.startswith(_IAM) or argument in NO_USE or user.address in found:
                continue
            if one.kind == ROLE and not _TAKES.fullmatch(argument):
                continue
            found[user.address] = user
            if user.type.startswith("aws_sagemaker_"):
                pending.append(user)
    return tuple(found.values())


def is_named_in(user: Resource, argument: str, roles: tuple[Resource, ...], module: Module) -> bool:
    """Whether it is one of these roles that an argument names."""
    held = user.attribute(argument)
    named = module.references(held.value) if held else ()
    return any(role.address in named for role in roles)
