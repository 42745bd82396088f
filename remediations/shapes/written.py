"""Text of a new block as ``terraform fmt`` writes it, and the intents that bring it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..rule import Advice, Targeted
from ..terraform.edit import InsertAttribute, InsertBlock, InsertEntry, Intent, SetValue
from ..terraform.module import Resource
from ..terraform.nodes import Body, ObjectExpression
from .place import Site


def block_text(types: Sequence[str], arguments: Mapping[str, str]) -> str:
    """``a { b { name = text } }`` over several lines, its arguments aligned."""
    width = max(map(len, arguments), default=0)
    lines = [f"{name:<{width}} = {text}" for name, text in arguments.items()]
    return wrapped(types, "\n".join(lines))


def wrapped(types: Sequence[str], text: str) -> str:
    """The text within blocks of these types, the first one outside."""
    for type in reversed(types):
        text = f"{type} {{\n{indented(text)}\n}}"
    return text


def indented(text: str) -> str:
    """One level deeper; blank lines stay blank."""
    return "\n".join(f"  {line}" if line else "" for line in text.split("\n"))


def set_at(
    site: Site, resource: Resource, text: str, beside: Mapping[str, str], after: str = ""
) -> Targeted | Advice:
    """Write an argument at its place; ``beside`` goes along where its block is new."""
    held = site.held
    if held is not None:
        return Targeted(resource.path, SetValue(held.value, text))
    if not isinstance(site.holder, Body):
        return Advice(f"Add `{site.name} = {text}` to the object here.")
    if site.missing:
        block = block_text(site.missing, {**beside, site.name: text})
        return Targeted(resource.path, InsertBlock(site.holder, block))
    return Targeted(resource.path, InsertAttribute(site.holder, site.name, text, after or None))


def entry_added(held: ObjectExpression, name: str, text: str) -> Intent:
    """One more entry, or the first."""
    if held.entries:
        return InsertEntry(held, name, text)
    return SetValue(held, f"{{ {name} = {text} }}")
