"""Clouds that no rule is about, named so that nobody takes silence on them for a pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from .model import NotAnalysed
from .terraform.module import Module

# By the first word of their resources. What only serves others (random, null, helm) is none.
_CLOUDS: Final = {
    "alicloud": "Alibaba Cloud",
    "azapi": "Azure",
    "azurerm": "Azure",
    "databricks": "Databricks",
    "google": "Google Cloud",
    "ibm": "IBM Cloud",
    "oci": "Oracle Cloud",
}
_SAID: Final = {
    word: f"{cloud} is not looked into: the rules are about AWS" for word, cloud in _CLOUDS.items()
}
_ALL_SAID: Final = frozenset(_SAID.values())


def other_clouds(root: Module) -> Iterator[NotAnalysed]:
    """A note at the first resource of each cloud that a root makes something in."""
    told: set[str] = set()
    for module in root.family:
        for resource in module.resources:
            reason = _SAID.get(resource.kind.partition("_")[0])
            if reason is not None and reason not in told:
                told.add(reason)
                place = resource.header
                yield NotAnalysed(place.path, place.line, reason, blocking=False)


def is_of_other_cloud(note: NotAnalysed) -> bool:
    """Whether it is one of these notes."""
    return note.reason in _ALL_SAID


def once_each(unread: Iterable[NotAnalysed]) -> Iterator[NotAnalysed]:
    """One note for a cloud, however many roots use it; everything else as it is."""
    told: set[str] = set()
    for one in unread:
        if not is_of_other_cloud(one):
            yield one
        elif one.reason not in told:
            told.add(one.reason)
            yield one
