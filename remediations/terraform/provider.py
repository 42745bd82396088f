"""Which versions of the AWS provider a module is run with. Knows no resource."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from ..model import Known, Value
from .nodes import Attribute, Block, Document, String

if TYPE_CHECKING:
    from .module import Module

NEWEST_MAJOR: Final = 6
_VERSION: Final = re.compile(r"(>=|<=|~>|!=|=|<|>)?\s*v?(\d+)((?:\.\d+)*)")


def constraints(
    blocks: Iterable[tuple[Block, Document]], value_of: Callable[[Attribute | None], Value]
) -> Iterator[str]:
    """What ``terraform`` blocks say about the version of the AWS provider."""
    for block, _ in blocks:
        for providers in block.body.blocks("required_providers"):
            value = value_of(providers.body.attributes.get("aws"))
            held = value.value if isinstance(value, Known) else None
            version = held.get("version") if isinstance(held, dict) else held
            if isinstance(version, str):
                yield version


def locked(document: Document) -> str | None:
    """The version of the AWS provider that a lock file has chosen; None where it names none."""
    for block in document.body.blocks("provider"):
        held = block.body.attributes.get("version")
        if block.labels[0].endswith("/hashicorp/aws") and held and isinstance(held.value, String):
            return held.value.literal
    return None


def majors(said: Iterable[str]) -> tuple[int, ...]:
    """Majors that satisfy every constraint; the newest two where none is said or can be met.

    https://developer.hashicorp.com/terraform/language/expressions/version-constraints
    """
    given = tuple(said)
    allowed = tuple(
        major
        for major in range(1, NEWEST_MAJOR + 1)
        if all(_allows(constraint, major) for constraint in given)
    )
    return allowed if given and allowed else (NEWEST_MAJOR - 1, NEWEST_MAJOR)


def said_of_provider(module: Module) -> tuple[str, ...]:
    """What a module, all that lead to it and the root's lock file ask of the AWS provider."""
    here: Module | None = module
    said: list[str] = []
    while here is not None:
        said += constraints(here.blocks("terraform"), here.value_of)
        here = here.caller
    chosen = module.root.setting.locked
    # A lock that what is asked for no longer allows is written anew before anything is applied.
    if chosen is not None and majors((*said, chosen)) == majors((chosen,)):
        said.append(chosen)
    return tuple(said)


def least_minor(module: Module, major: int) -> int:
    """The oldest minor version of ``major`` that a module and its callers may be run with."""
    parts = (part for one in said_of_provider(module) for part in one.split(","))
    return max((_minor(part, major) for part in parts), default=0)


def _minor(part: str, major: int) -> int:
    found = _VERSION.match(part.strip())
    if found is None or found[1] in ("<", "<=", "!=") or int(found[2]) != major:
        return 0
    return int(found[3].split(".")[1]) if found[3] else 0


def _allows(constraint: str, major: int) -> bool:
    """Whether some release of ``major`` satisfies every part of a constraint."""
    for part in constraint.split(","):
        found = _VERSION.match(part.strip())
        if found is None:
            continue
        operator, wanted, rest = found[1] or "=", int(found[2]), found[3]
        fits = {
            ">=": major >= wanted,
            ">": major >= wanted,
            "<=": major <= wanted,
            # Some 4.x is older than 4.67, none is older than 4.0.
            "<": major < wanted or (major == wanted and rest.strip(".0") != ""),
            "=": major == wanted,
            "!=": True,
            # "~> 4" lets the major version grow, "~> 4.0" does not.
            "~>": major == wanted if rest else major >= wanted,
        }[operator]
        if not fits:
            return False
    return True
