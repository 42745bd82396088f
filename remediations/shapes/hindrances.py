"""Why an edit that would mend a finding must not be made all the same."""

from __future__ import annotations

from .. import schema
from ..rule import Advice
from ..terraform.module import Module, Resource
from .place import Site


def hindrance(site: Site, resource: Resource, module: Module, path: str) -> Advice | None:
    """Advice in place of the edit, where one of these reasons holds."""
    return too_old(module, resource.kind, path) or _asleep(site, resource)


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


def _asleep(site: Site, resource: Resource) -> Advice | None:
    """Advice where a dynamic block would write what is missing, and writes none as things are."""
    bodies = [resource.block.body] if site.missing else []
    while bodies:
        for block in bodies.pop().blocks():
            if block.type == "dynamic" and block.labels[:1] == site.missing[:1]:
                return Advice(
                    f"A dynamic block writes `{site.missing[0]}`, and writes none as things are. "
                    "Give it something to write."
                )
            bodies.append(block.body)
    return None
