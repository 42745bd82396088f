"""efs-access-point-unbound: a way into a shared file system that leads everywhere in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.shapes.written import indented
from remediations.terraform.edit import InsertAttribute, InsertBlock, SetValue
from remediations.terraform.module import Module, Resource

_USER: Final = "posix_user {\n  gid = 1000\n  uid = 1000\n}"
_MADE: Final = (
    'creation_info {{\n  owner_gid   = {gid}\n  owner_uid   = {uid}\n  permissions = "0750"\n}}'
)


class EfsAccessPointUnbound(Rule):
    """One finding for the user, one for the directory."""

    id = "efs-access-point-unbound"
    title = "Access point leads everywhere in the file system"
    resources = ("aws_efs_access_point",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_329", "CKV_AWS_330")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if not resource.may_hold("posix_user"):
            message = (
                "Whoever comes in this way is whatever user they say they are, root too, and reads "
                "everybody's data sets and checkpoints."
            )
            offer = _offer("Make everybody who comes in this way one user", "user 1000")
            written = Targeted(resource.path, InsertBlock(resource.body, _USER))
            yield Violation("posix_user", message, offer.repair(written))
        yield from self._judge_root(resource, module)

    def _judge_root(self, resource: Resource, module: Module) -> Iterator[Violation]:
        blocks = resource.body.blocks("root_directory")
        if not blocks and resource.may_hold("root_directory"):
            return
        held = resource.attribute("root_directory.path")
        value = module.value_of(held)
        message = (
            "This way leads to the root of the file system: a job that should see its own data "
            "set sees everybody's."
        )
        if isinstance(value, Unknown):
            advice = Advice("Make sure that it is a directory of its own wherever this is applied.")
            message = "`path` decides how much of the file system can be reached."
            yield Violation("root_directory.path", message, advice, held, unknown=value.reason)
        elif value in (Known(None), Known("/"), Known("")):
            node = held or (blocks[0] if blocks else None)
            yield Violation("root_directory.path", message, self._to_directory(resource), node)

    def _to_directory(self, resource: Resource) -> Repair | Advice:
        path, blocks = f'"/{resource.name}"', resource.body.blocks("root_directory")
        held = resource.attribute("root_directory.path")
        made = _MADE.format(**{name: _of_user(resource, name) for name in ("gid", "uid")})
        offer = _offer(f"Let it lead to the directory {path[1:-1]}", "what lies there")
        if not blocks:
            text = f"root_directory {{\n  path = {path}\n\n{indented(made)}\n}}"
            return offer.repair(Targeted(resource.path, InsertBlock(resource.body, text)))
        body = blocks[0].body
        said = SetValue(held.value, path) if held else InsertAttribute(body, "path", path)
        written = [Targeted(resource.path, said)]
        if not body.blocks():
            written.append(Targeted(resource.path, InsertBlock(body, made)))
        return offer.repair(*written)


def _of_user(resource: Resource, name: str) -> str:
    """Who owns a new directory: the user that comes in."""
    held = resource.attribute(f"posix_user.{name}")
    return resource.document.text_of(held.value) if held else "1000"


def _offer(title: str, what: str) -> Offer:
    cost = (
        "The access point is destroyed and created again, files stay where they are. Jobs that "
        f"come in this way are limited to {what}: move their files there, or name another."
    )
    return Offer(Safety.REPLACE, title, cost)
