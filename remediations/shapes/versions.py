"""Whether the provider that a module asks for knows what a repair would write."""

from __future__ import annotations

from .. import schema
from ..rule import Advice
from ..terraform.module import Module


def too_old(module: Module, kind: str, path: str) -> Advice | None:
    """Advice where a version that is allowed does not know the argument."""
    lacking = schema.lacking(kind, path, module.aws_majors)
    if not lacking:
        return None
    said = " and ".join(map(str, lacking))
    return Advice(
        f"Version {said} of the provider, which this module allows, does not know "
        f"`{path.rpartition('.')[2]}` here. Ask for a newer one, then set it."
    )
