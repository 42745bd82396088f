"""unsupported-argument: a setting that the provider does not have, so that nothing is secured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from remediations import schema
from remediations.keys import choose_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import RemoveItem, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Expression,
    ListExpression,
    Literal,
    Reference,
    String,
)
from remediations.terraform.provider import least_minor

# https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on
_META: Final = frozenset(
    {
        "connection", "count", "depends_on", "dynamic", "for_each", "lifecycle", "provider",
        "provisioner", "timeouts",
    }
)  # fmt: skip # words side by side are read at a glance
# Words that people expect, and the argument that does it: a key, which also turns encryption on.
_NOTEBOOK: Final = "aws_sagemaker_notebook_instance"
_KEYS: Final = {
    (_NOTEBOOK, name): "kms_key_id"
    for name in ("root_volume_encryption_enabled", "encrypted", "encryption_enabled", "kms_key")
}
_VALUES: Final = frozenset({"boolean", "map", "number", "string"})
_REMEMBERED: Final = 10_000
"""Paths of arguments: what people write repeats itself, and a stranger's words have an end."""
_UNSAID: Final = "this module does not say which version of the provider it is for"
_NEWEST, _RECORDED = schema.NEWEST

Item = Attribute | Block


class UnsupportedArgument(Rule):
    """What only a newer provider than the recorded ones may know is unknown, not wrong."""

    id = "unsupported-argument"
    title = "The provider has no such argument"
    resources = tuple(schema.kinds())
    severity = Severities(Severity.HIGH, Severity.HIGH, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        asked = frozenset(module.aws_majors)
        if max(asked) <= schema.MAJORS[0]:
            return
        yield from _judge(resource, module, resource.body, "", asked)


def _judge(
    resource: Resource, module: Module, body: Body, outer: str, asked: frozenset[int]
) -> Iterator[Violation]:
    """What stands inside of something that is wrong itself has no cause of its own."""
    for item in body.items:
        name = item.name if isinstance(item, Attribute) else item.type
        if name == "dynamic" or (not outer and name in _META):
            continue
        path = f"{outer}{name}"
        if _is_lacking(resource.kind, path, asked):
            if not _is_newer(resource, module, path):
                yield _violation(resource, module, path, item)
        elif isinstance(item, Block) and _is_value(resource.kind, path):
            yield _as_block(resource, module, path, item)
        elif isinstance(item, Block):
            yield from _judge(resource, module, item.body, f"{path}.", asked)


def _is_value(kind: str, path: str) -> bool:
    """Whether a value stands behind the name, and never a block. Some lists take either."""
    known = schema.argument(kind, path)
    return known is not None and known.type.partition("<")[0] in _VALUES


def _as_block(resource: Resource, module: Module, path: str, item: Block) -> Violation:
    known = schema.argument(resource.kind, path)
    is_map = known is not None and known.type.startswith("map")
    once = ", as Terraform 0.11 let one" if is_map else ""
    message = (
        f"`{item.type}` is an argument and written as a block{once}: the plan fails, and nothing "
        "in it is set."
    )
    value = "{" if is_map else "…"
    unknown = None if module.says_provider else _UNSAID
    advice = Advice(f"Write `{item.type} = {value}`.")
    return Violation(path, message, advice, item, unknown=unknown)


@lru_cache(_REMEMBERED)
def _is_lacking(kind: str, path: str, majors: frozenset[int]) -> bool:
    """No allowed version knows it, though one knows what is around it."""
    outer, _, _ = path.rpartition(".")
    if outer and schema.argument(kind, outer) is None:
        return False
    whole = schema.resource(kind)
    asked = {major for major in majors if major > schema.MAJORS[0]}
    asked &= whole.majors if whole else frozenset()
    return bool(asked) and set(schema.lacking(kind, path, asked)) == asked


def _is_newer(resource: Resource, module: Module, path: str) -> bool:
    """Whether the module asks for a version that is newer than the recorded ones."""
    if schema.argument(resource.kind, path) is not None or _NEWEST not in module.aws_majors:
        return False
    return least_minor(module, _NEWEST) > _RECORDED


def _violation(resource: Resource, module: Module, path: str, item: Item) -> Violation:
    outer, _, name = path.rpartition(".")
    meant = _KEYS.get((resource.kind, path)) or _close(resource, module, outer, name, item)
    known = schema.argument(resource.kind, path)
    if known is not None:
        versions = " and ".join(map(str, sorted(known.majors - {schema.MAJORS[0]})))
        message = (
            f"`{name}` is known to version {versions} of the provider only, which this "
            "module does not allow: the plan fails, and nothing is set."
        )
    else:
        place = f"`{outer}` of `{resource.kind}`" if outer else f"`{resource.kind}`"
        message = (
            f"{place} has no `{name}`: the plan fails, and what the line seems to secure is not."
        )
    unknown = None
    if known is not None and not module.says_provider:
        unknown = _UNSAID
    elif known is None and meant is None and _NEWEST in module.aws_majors:
        unknown = f"it may be newer than what is recorded here of version {_NEWEST} of the provider"
    repair = _repair(resource, module, path, item, meant)
    return Violation(path, message, repair, item, unknown=unknown)


def _close(resource: Resource, module: Module, outer: str, name: str, item: Item) -> str | None:
    """The one name that was meant, of the same form and not yet taken."""
    from difflib import get_close_matches  # hardly any run needs it

    held = schema.names(resource.kind, outer)
    fitting = [
        other
        for other, argument in held.items()
        if argument.majors & set(module.aws_majors) and _fits(item, argument)
    ]
    found = get_close_matches(name, fitting, 1, schema.CLOSE)
    return found[0] if found else None


def _fits(item: Item, argument: schema.Argument) -> bool:
    if isinstance(item, Block):
        return argument.is_block
    if argument.is_block:
        return False
    return _form(item.value) in ("", argument.type.partition("<")[0])


def _form(value: Expression) -> str:
    """The type of a value as the schema says it; empty where the text does not tell."""
    match value:
        case String():
            return "string"
        case ListExpression():
            return "array"
        case Literal(value=bool()):
            return "boolean"
        case Literal(value=int() | float()):
            return "number"
    return ""


def _repair(
    resource: Resource, module: Module, path: str, item: Item, meant: str | None
) -> Repair | Advice:
    if meant is None:
        return Advice("Look the argument up in the provider's documentation, or take it away.")
    if (resource.kind, path) in _KEYS and isinstance(item, Attribute):
        return _key(resource, module, item, meant)
    if "." in path or isinstance(item, Block) or resource.may_hold(meant):
        return Advice(f"Use `{meant}` in its place.")
    until = schema.forces_new_until(resource.kind, meant)
    is_anew = until is not None and (min(module.aws_majors), 0) <= until
    cost = "The setting takes effect for the first time; look at the plan for what that changes."
    if is_anew:
        cost = (
            "The setting takes effect for the first time. A resource that is there already is "
            "destroyed and created again for it."
        )
    offer = Offer(Safety.REPLACE if is_anew else Safety.REVIEW, f"Call it `{meant}`", cost)
    return offer.repair(Targeted(resource.path, SetValue(_name(item), meant)))


def _key(resource: Resource, module: Module, item: Attribute, meant: str) -> Repair | Advice:
    if meant in resource.body.attributes:
        cost = "Nothing is applied differently: the plan failed before."
        return Offer(Safety.SAFE, f"Take `{item.name}` away", cost).repair(
            Targeted(resource.path, RemoveItem(item))
        )
    key = choose_key(module, resource)
    if isinstance(key, str):
        return Advice(f"`{meant}` is what encrypts it. {key}")
    cost = "The notebook is destroyed and created again: copy what is on its volume first."
    title = f"Encrypt the volume with {key.words}"
    offer = Offer(Safety.REPLACE, title, cost)
    written = (SetValue(_name(item), meant), SetValue(item.value, key.reference))
    renamed = (Targeted(resource.path, intent) for intent in written)
    return offer.repair(*renamed, *key.intents, touches=key.touches)


def _name(item: Attribute) -> Reference:
    """The word in front of the ``=``, as something that can be written over."""
    return Reference(item.name_span, (item.name,), item.name)
