"""Who else has a policy: people, and roles that do not stand here. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..model import Known
from ..terraform.belonging import meaning_of
from ..terraform.module import Module, Resource
from ..terraform.nodes import Expression, all_attributes
from .identity import NO_USE, POLICY
from .roles import ATTACHMENTS, ROLE, roles_of, users_of_roles
from .statements import DOCUMENT

_INLINE: Final = "aws_iam_role_policy"
_ROLES: Final = ("role", "roles", "role_name")
_PEOPLE: Final = ("groups", "users")


def attached_elsewhere(holder: Resource, module: Module) -> str | None:
    """Who else has a document or a policy, whose work does not stand here, as a clause.

    That is an attachment to a person or to a role from elsewhere, a module that it is given to, an
    output, or a role that nothing here runs with. A role's own policies are nobody else's.
    """
    roles = roles_of(holder, module)
    idle = next((one.address for one in roles if not users_of_roles((one,), module)), None)
    if idle is not None and len(roles) > 1:
        return f"`{idle}` has the policy too, and nothing that runs with it stands here"
    handed = module.remember("policies handed out", lambda: dict(_handed_out(module)))
    pending, seen = [holder] if holder.kind in (DOCUMENT, POLICY) else [], {holder.address}
    while pending:
        one = pending.pop()
        if one.address in handed:
            return _given_by(handed[one.address])
        for user, argument in module.users_of(one.address):
            if argument in NO_USE or user.address in seen:
                continue
            seen.add(user.address)
            if user.kind in (DOCUMENT, POLICY):
                pending.append(user)
            elif user.kind != ROLE and not _is_on_roles_here(user, module):
                return _given_by(user.address)
    return None


def _given_by(giver: str) -> str:
    return (
        f"`{giver}` gives the policy to somebody else too, and what they need does not stand here"
    )


def _handed_out(module: Module) -> Iterator[tuple[str, str]]:
    """Addresses, each with the output that it goes out by or the module that it is given to."""
    given = [(f"output.{name}", block) for name, (block, _) in module.outputs.items()]
    given += [(f"module.{call.name}", call.block) for call in module.calls]
    for name, block in given:
        for attribute in all_attributes(block.body):
            yield from ((address, name) for address in module.references(attribute.value))


def _is_on_roles_here(attachment: Resource, module: Module) -> bool:
    """Whether it gives the policy to roles of this module, and to nobody else."""
    if attachment.kind != _INLINE and attachment.kind not in ATTACHMENTS:
        return False
    if any(attachment.attribute(name) for name in _PEOPLE):
        return False
    held = [one for one in map(attachment.attribute, _ROLES) if one is not None]
    return bool(held) and all(_are_here(one.value, attachment, module) for one in held)


def _are_here(value: Expression, attachment: Resource, module: Module) -> bool:
    """Whether all that a value names are roles of this module, by reference or by their names."""
    own, known = module.of_kind(ROLE), module.evaluate(value)
    if isinstance(known, Known):
        names = known.value if isinstance(known.value, list | tuple) else [known.value]
        called = [role.value("name") for role in own]
        return bool(names) and all(name and Known(name) in called for name in names)
    found = meaning_of(value, module, attachment.block)
    return not found.loose and bool(found.resources) and all(one in own for one in found.resources)
