"""What became of the places of a base: directories that were renamed, resources that were moved.

Reads two codebases; knows no finding's meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from posixpath import basename
from typing import Final

from .codebase import Codebase
from .fingerprint import moved
from .frozen import dataclass
from .model import Finding, Report
from .terraform.module import Module
from .terraform.nodes import Block, Document, Reference

ALIKE: Final = 0.5
"""Share of lines that two directories must have in common to be the same one."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a base's directories and addresses are at the head; the others have not moved."""

    directories: Mapping[str, str]
    addresses: Mapping[Place, Place]

    @classmethod
    def between(cls, base: Codebase, head: Codebase) -> Lineage:
        """Renamed directories by what their files hold, moved resources by their ``moved`` blocks.

        https://developer.hashicorp.com/terraform/language/block/moved
        """
        directories = dict(_renamed(base, head))
        addresses = {
            start: end
            for module in head.modules
            for block in _moved_blocks(module)
            for start, end in _ends(block, module, base, directories)
        }
        return cls(directories, addresses)

    def follow(self, report: Report) -> Report:
        """The base's findings under the names that they have at the head."""
        return replace(report, findings=tuple(self._follow(one) for one in report.findings))

    def _follow(self, finding: Finding) -> Finding:
        place = self.now((finding.directory, finding.address))
        return finding if place == (finding.directory, finding.address) else moved(finding, *place)

    def now(self, place: Place) -> Place:
        """Where a resource of the base is at the head."""
        place = (self.directories.get(place[0], place[0]), place[1])
        seen = set[Place]()
        while place in self.addresses and place not in seen:
            seen.add(place)
            place = self.addresses[place]
        return place


def _renamed(base: Codebase, head: Codebase) -> Iterator[tuple[str, str]]:
    """Directories that are gone, each with the new one that is most like it."""
    gone = [directory for directory in base.library if directory not in head.library]
    new = [directory for directory in head.library if directory not in base.library]
    ranked = sorted(
        (
            (_likeness(base.library[old].documents, head.library[fresh].documents), old, fresh)
            for old in gone
            for fresh in new
        ),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    taken: set[str] = set()
    for likeness, old, fresh in ranked:
        if likeness >= ALIKE and not taken & {f"-{old}", f"+{fresh}"}:
            taken |= {f"-{old}", f"+{fresh}"}
            yield old, fresh


def _likeness(one: tuple[Document, ...], two: tuple[Document, ...]) -> float:
    """The share of all lines that stand in files of one name on both sides."""
    before, after = _lines(one), _lines(two)
    return len(before & after) / max(1, len(before | after))


def _lines(documents: tuple[Document, ...]) -> set[tuple[str, str]]:
    return {
        (basename(document.path), line.strip())
        for document in documents
        for line in document.source.text.splitlines()
        if line.strip()
    }


def _moved_blocks(module: Module) -> Iterator[Block]:
    for document in module.documents:
        yield from document.body.blocks("moved")


def _ends(
    block: Block, module: Module, base: Codebase, directories: Mapping[str, str]
) -> Iterator[tuple[Place, Place]]:
    """Where a resource was, in the names of directories at the head, and where it is now."""
    held = [block.body.attributes.get(name) for name in ("from", "to")]
    if any(one is None or not isinstance(one.value, Reference) for one in held):
        return
    earlier = {new: old for old, new in directories.items()}
    before = base.module(earlier.get(module.directory, module.directory))
    start = _place(held[0].value, before) if before and held[0] else None
    end = _place(held[1].value, module) if held[1] else None
    if start is not None and end is not None:
        yield (directories.get(start[0], start[0]), start[1]), end


def _place(reference: object, module: Module | None) -> Place | None:
    """The directory and address that ``module.a.aws_s3_bucket.b`` means, seen from a module."""
    names = list(reference.names) if isinstance(reference, Reference) else []
    while module is not None and names[:1] == ["module"] and len(names) > 2:
        module, names = module.called(names[1]), names[2:]
    if module is None or len(names) != 2 or names[0] == "module":
        return None
    return module.directory, ".".join(names)
