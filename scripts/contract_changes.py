"""What changed between two cuts of a description, by the names that people know. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

_GROUPS = ("paths", "webhooks")


def document_changes(old: str, new: str) -> Iterator[str]:
    """A line for each operation, webhook and shared schema that came, went, or is another now."""
    before, after = (json.loads(text) if text else {} for text in (old, new))
    for group in _GROUPS:
        yield from _named(_verbs(before.get(group, {})), _verbs(after.get(group, {})))
    kinds = {*before.get("components", {}), *after.get("components", {})}
    for kind in sorted(kinds):
        one, two = (side.get("components", {}).get(kind, {}) for side in (before, after))
        yield from _named(
            {f"{kind} {name}": value for name, value in one.items()},
            {f"{kind} {name}": value for name, value in two.items()},
        )


def text_changes(old: str, new: str) -> Iterator[str]:
    """The lines that came and went."""
    for line in difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0):
        if line[:1] in "+-" and not line.startswith(("+++", "---")):
            yield f"{line[0]} {line[1:].strip()}"


def _verbs(group: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{verb.upper()} {name}": operation
        for name, verbs in group.items()
        for verb, operation in verbs.items()
    }


def _named(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name not in before:
            yield f"+ {name}"
        elif name not in after:
            yield f"- {name}"
        elif before[name] != after[name]:
            properties = (side.get("properties", {}) for side in (before[name], after[name]))
            yield f"~ {name}{_properties(*properties)}"


def _properties(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    said = [f"{line[0]}{line[2:]}" for line in _named(dict(before), dict(after))]
    return f": {', '.join(said)}" if said else ""
