"""Why an edit that would mend a finding must not be made all the same."""

from __future__ import annotations

from .. import schema
from ..rule import Advice
from ..terraform.module import Module, Resource
from ..terraform.nodes import Body
from .place import Site


def hindrance(site: Site, resource: Resource, module: Module, path: str) -> Advice | None:
    """Advice in place of the edit, where one of these reasons holds."""
    return (
        too_old(module, resource.kind, path)
        or _asleep(site, resource)
        or _misspelled(site, resource, path)
    )


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


def _misspelled(site: Site, resource: Resource, path: str) -> Advice | None:
    """Advice where it is there under a name that is no argument: that has to be mended first."""
    if site.held is not None or site.missing or not isinstance(site.holder, Body):
        return None
    outer = path.removesuffix(site.name)
    for name in site.holder.attributes:
        if schema.resource(resource.kind) and schema.argument(resource.kind, outer + name) is None:
            from difflib import SequenceMatcher  # hardly any run needs it

            if SequenceMatcher(None, name, site.name).ratio() >= schema.CLOSE:
                return Advice(f"`{name}` is no argument. Call it `{site.name}` first.")
    return None
