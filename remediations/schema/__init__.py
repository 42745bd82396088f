"""Which arguments the AWS provider has, by major version. Knows names and types, no defaults.

``aws.jsonl`` is cut from the provider's own schemas (3.75, 4.66, 5.99, 6.25) by
scripts/refresh_schema. ``force_new.toml`` is kept by hand: what makes a resource anew, up to which
version, and where the provider says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cache
from pkgutil import get_data
from typing import Any, Final

from ..frozen import dataclass

MAJORS: Final = (3, 4, 5, 6)
NEWEST: Final = (6, 25)
"""The newest version that is recorded."""
ALWAYS: Final = (99, 0)
"""In place of a last version, where there is none yet."""
CLOSE: Final = 0.85
"""How alike a word and an argument are, by difflib's ratio, where the argument was meant."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument or a nested block: its type by major version, and what stands inside."""

    types: Mapping[int, str]
    inside: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def majors(self) -> frozenset[int]:
        """The versions that know it."""
        return frozenset(self.types)

    @property
    def type(self) -> str:
        """What the newest version says: ``string``, ``array<string>``, ``block``, ``objects``."""
        return self.types[max(self.types)].removesuffix("!")

    @property
    def is_block(self) -> bool:
        """Written as ``name { … }``."""
        return self.type in ("block", "blocks")

    @property
    def is_required(self) -> bool:
        """In the newest version."""
        return self.types[max(self.types)].endswith("!")


def resource(kind: str) -> Argument | None:
    """A resource of the provider; None where this file does not cover it."""
    return _covered(kind) if kind in _lines() else None


def kinds() -> tuple[str, ...]:
    """Every resource that this file covers."""
    return tuple(_lines())


@cache
def argument(kind: str, path: str) -> Argument | None:
    """An argument by its dotted path; None where no version knows it, or the resource."""
    found = resource(kind)
    for name in path.split("."):
        found = _argument(found.inside, name, found.majors) if found else None
    return found


def names(kind: str, path: str = "") -> Mapping[str, Argument]:
    """Everything that may stand in a resource, or in a nested block of it."""
    found = argument(kind, path) if path else resource(kind)
    if found is None:
        return {}
    held = ((name, _argument(found.inside, name, found.majors)) for name in found.inside)
    return {name: one for name, one in held if one is not None}


def lacking(kind: str, path: str, majors: Iterable[int]) -> tuple[int, ...]:
    """Those of the allowed versions that know the resource, but not the argument.

    Version 3 counts only where nothing newer is allowed; what is not covered lacks nothing.
    """
    whole = resource(kind)
    if whole is None:
        return ()
    allowed = {max(MAJORS[0], major) for major in majors}
    asked = {major for major in allowed if major > MAJORS[0]} or allowed
    found = argument(kind, path)
    known = found.majors if found else frozenset()
    return tuple(sorted((asked & whole.majors) - known))


def forces_new_until(kind: str, path: str) -> tuple[int, int] | None:
    """The last version in which a change of an argument makes the resource anew.

    ``ALWAYS`` where it still does; None where that is not known of it, nor of a block around it.
    """
    names = path.split(".")
    arounds = (".".join(names[:count]) for count in range(1, len(names) + 1))
    rows = (force_new().get(kind, {}).get(around) for around in arounds)
    found = next((row for row in rows if row is not None), None)
    if found is None:
        return None
    major, _, minor = found.get("until", "").partition(".")
    return (int(major), int(minor or ALWAYS[0])) if major else ALWAYS


@cache
def force_new() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """The rows by kind and argument: each has a ``source``, some have ``until`` or ``if``."""
    import tomllib  # most runs end without a question about it

    return tomllib.loads((get_data(__name__, "force_new.toml") or b"").decode())


def _argument(inside: Mapping[str, Any], name: str, majors: Iterable[int]) -> Argument | None:
    held = inside.get(name)
    if held is None:
        return None
    spec, within = (held, {}) if isinstance(held, str) else held
    return Argument(_types(spec, majors), within)


def _types(spec: str, majors: Iterable[int]) -> dict[int, str]:
    """``string@45|number@6`` by version; without ``@`` wherever what is around it exists."""
    found: dict[int, str] = {}
    for part in spec.split("|"):
        type, _, said = part.partition("@")
        found |= dict.fromkeys([int(major) for major in said] if said else sorted(majors), type)
    return found


@cache
def _covered(kind: str) -> Argument:
    _, spec, inside = json.loads(_lines()[kind])
    return Argument(_types(spec, MAJORS), inside)


@cache
def _lines() -> Mapping[str, str]:
    """The line of each kind, which it begins with: most runs ask for a few of them."""
    data = get_data(__name__, "aws.jsonl") or b""
    return {line.split('"', 2)[1]: line for line in data.decode().splitlines()}
