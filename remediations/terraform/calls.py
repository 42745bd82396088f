"""Module calls and the directories behind them. Follows local sources inside the repository only.

Nothing is downloaded: a module from a registry or an address is named, not looked into.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..frozen import dataclass
from ..model import Location
from .nodes import Attribute, Block, Document, String
from .outside import outside
from .written import Written

if TYPE_CHECKING:
    from .module import Module

MAX_DEPTH: Final = 12
MAX_MODULES: Final = 400
"""Modules that one root may be made of, each call counted."""

TOO_MANY: Final = f"more than {MAX_MODULES} modules, or calls deeper than {MAX_DEPTH}"


@dataclass(frozen=True, slots=True)
class StandIn:
    """What is known of a published module: ``answers`` say by rule what its caller can write."""

    name: str
    answers: Mapping[str, Block] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Directory:
    """The Terraform files of one directory; ``unread`` names those that could not be read."""

    documents: tuple[Document, ...]
    unread: tuple[str, ...] = ()
    stand_in: StandIn | None = None

    @cached_property
    def written(self) -> Written:
        """What they say, worked out once for all who call them."""
        return Written(self.documents)


Library = Mapping[str, Directory]


@dataclass(frozen=True, slots=True, eq=False)
class ModuleCall:
    """A ``module`` block. ``target`` is what it calls; without one, ``reason`` says why."""

    name: str
    block: Block
    document: Document
    source: str
    target: Module | None = None
    reason: str = ""
    is_cut: bool = False
    """Whether a limit is the reason, so that something that is there was not looked at."""

    @property
    def location(self) -> Location:
        """The line that names it."""
        return self.document.source.location(self.block.header_span)

    def argument(self, name: str) -> Attribute | None:
        """What it passes for a variable."""
        return self.block.body.attributes.get(name)


def source_of(block: Block) -> str:
    """The ``source`` as written, or nothing where it is no plain text."""
    held = block.body.attributes.get("source")
    value = held.value if held else None
    return (value.literal or "") if isinstance(value, String) else ""


def is_local(source: str) -> bool:
    """Whether a source names a directory beside the caller.

    https://developer.hashicorp.com/terraform/language/modules/sources#local-paths
    """
    return source in (".", "..") or source.startswith(("./", "../"))


def target_of(directory: str, source: str) -> str | None:
    """The directory that a local source means, or None where it leaves the repository."""
    joined = posixpath.normpath(posixpath.join(directory or ".", source))
    if joined == ".." or joined.startswith(("../", "/")):
        return None
    return "" if joined == "." else joined


def directory_of(block: Block, directory: str, library: Library) -> str | None:
    """Where the library holds what a call names: a directory of the repository, or a stand-in."""
    source = source_of(block)
    if is_local(source):
        return target_of(directory, source)
    named = outside(block)
    return named.key if named is not None and named.key in library else None


def called_directories(directory: str, documents: tuple[Document, ...]) -> frozenset[str]:
    """The directories that these files call by a local source."""
    found = set()
    for document in documents:
        for block in document.body.blocks("module"):
            source = source_of(block)
            target = target_of(directory, source) if is_local(source) else None
            if target is not None:
                found.add(target)
    return frozenset(found)
