"""Which bucket a policy means: the module's one, where nothing else can be meant."""

from __future__ import annotations

from ..terraform.module import Module, Resource
from .choice import only_one
from .nouns import NOUNS


def meant_bucket(resource: Resource, module: Module) -> Resource | str:
    """The one bucket that can be meant, or what a person has to decide."""
    return only_one(NOUNS["bucket"], resource, module)
