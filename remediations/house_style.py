"""How a module names and tags what is in it, so that what is new looks like the rest of it.

Knows no rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from . import schema
from .terraform.module import Module
from .terraform.nodes import Call, Document, Expression, Reference

_RESOURCE: Final = re.compile(
    r'^(resource "([^"]+)" "[^"]+" \{\n.*?)^\}$', re.MULTILINE | re.DOTALL
)
_SHARED: Final = ("var.", "local.")


def tagged(text: str, module: Module) -> str:
    """New resources with the tags that the module gives to its others, where they take any."""
    tags = module.remember("tags", lambda: _tags(module))
    if tags is None:
        return text

    def with_tags(found: re.Match[str]) -> str:
        if schema.argument(found[2], "tags") is None:
            return found[0]
        return f"{found[1]}\n  tags = {tags}\n}}"

    return _RESOURCE.sub(with_tags, text)


def label(module: Module, *words: str) -> str:
    """A name for a block: its words, with the module's own sign between them."""
    return module.remember("sign in names", lambda: _sign(module)).join(words)


def _sign(module: Module) -> str:
    """A hyphen where more of the module's names hold one than hold an underscore."""
    names = [one.name for one in module.resources]
    return "-" if sum("-" in name for name in names) > sum("_" in name for name in names) else "_"


def _tags(module: Module) -> str | None:
    """What most resources say, of what can be said of any other one too."""
    said = Counter(_said(module))
    return said.most_common(1)[0][0] if said else None


def _said(module: Module) -> Iterator[str]:
    for resource in module.resources:
        is_tagged = not resource.is_data and resource.block.body.may_say("tags")
        held = resource.body.attributes.get("tags") if is_tagged else None
        shared = None if held is None else _shared(held.value, resource.document)
        if shared is not None:
            yield shared


def _shared(value: Expression, document: Document) -> str | None:
    """``local.tags`` of ``merge(local.tags, { Name = "lake" })``; None where nothing is shared."""
    if isinstance(value, Reference):
        return document.text_of(value) if value.dotted.startswith(_SHARED) else None
    if not isinstance(value, Call) or value.name != "merge" or value.expands:
        return None
    shared = [one for item in value.arguments if (one := _shared(item, document)) is not None]
    return f"merge({', '.join(shared)})" if len(shared) > 1 else next(iter(shared), None)
