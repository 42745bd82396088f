"""Trees that earlier runs parsed, by the content of their files: a change is all that is parsed.

An entry holds the trees of one directory, a line each behind the hash of its file's path and
content. It is believed as a whole report is. What nobody asked for any more is left out when it is
written again. The first run in a place may be the only one, so it writes none.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from dataclasses import field
from hashlib import sha256
from posixpath import dirname
from typing import Final

from remediations.frozen import dataclass
from remediations.source import SourceFile
from remediations.terraform.nodes import Document

from .kept import KeptReport, Reports, key_of
from .tree_text import NoTree, read, written

_KIND: Final = "trees of one directory"
_BEGUN: Final = "a place of trees"


@dataclass(frozen=True)
class KeptTrees(MutableMapping[bytes, Document]):
    """What ``Codebase.read`` takes as its cache, with the trees of earlier runs in it.

    ``place`` tells one repository on this machine from another.
    """

    reports: Reports
    place: str
    _documents: dict[bytes, Document] = field(default_factory=dict)
    _lines: dict[str, dict[str, str]] = field(default_factory=dict)
    """By directory, what an entry held: lines by the hash before them."""
    _new: set[str] = field(default_factory=set)
    """Directories with a tree that no entry holds."""

    def __getitem__(self, key: bytes) -> Document:
        if key not in self._documents:
            self._documents[key] = self._read(key)
        return self._documents[key]

    def __setitem__(self, key: bytes, document: Document) -> None:
        self._documents[key] = document
        if _is_written(document):
            self._new.add(dirname(document.path))

    def __delitem__(self, key: bytes) -> None:
        del self._documents[key]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)

    def keep(self) -> None:
        """Write down what no entry holds yet, directory by directory."""
        held: dict[str, list[str]] = {directory: [] for directory in self._new}
        for key, document in self._documents.items():
            directory = dirname(document.path)
            if directory in held and _is_written(document):
                name = _name(key)
                line = self._lines_of(directory).get(name) or written(document)
                if line is not None:
                    held[directory].append(f"{name} {line}")
        self._new.clear()
        self.reports.write(
            {self._entry(one): KeptReport("\n".join(lines), 0) for one, lines in held.items()}
        )

    def _read(self, key: bytes) -> Document:
        path, _, data = key.partition(b"\0")
        line = self._lines_of(dirname(path.decode())).get(_name(key))
        if line is None:
            raise KeyError(key)
        with suppress(NoTree):
            return read(line, SourceFile.decode(path.decode(), data))
        raise KeyError(key)

    def _lines_of(self, directory: str) -> dict[str, str]:
        if directory not in self._lines:
            entry = self.reports.find(self._entry(directory))
            lines = entry.text.split("\n") if entry else []
            self._lines[directory] = dict(_parted(line) for line in lines)
        return self._lines[directory]

    def _entry(self, directory: str) -> str:
        return key_of((), _KIND, self.place, directory)


def trees_of(reports: Reports, place: str) -> MutableMapping[bytes, Document]:
    """The trees of a place and room for more; in the first run there, room alone."""
    begun = key_of((), _BEGUN, place)
    if reports.find(begun) is not None:
        return KeptTrees(reports, place)
    reports.write({begun: KeptReport("", 0)})
    return {}


def keep(trees: MutableMapping[bytes, Document]) -> None:
    """Write down what was parsed, where it is to be kept."""
    if isinstance(trees, KeptTrees):
        trees.keep()


def _is_written(document: Document) -> bool:
    """One that JSON was read from holds more than its nodes."""
    return not document.path.endswith(".json")


def _name(key: bytes) -> str:
    return sha256(key).hexdigest()


def _parted(line: str) -> tuple[str, str]:
    name, _, rest = line.partition(" ")
    return name, rest
