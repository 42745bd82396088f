"""The Terraform of a repository at one moment, by directory. Text in, modules out.

Judges nothing. What cannot be read is named, never left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from posixpath import dirname

from .model import Edit, NotAnalysed, Span
from .rule import Targeted
from .source import SourceFile, Unreadable, apply
from .terraform.edit import edits_between, rewrite
from .terraform.grammar import Grammar
from .terraform.module import Module
from .terraform.nodes import Document
from .terraform.tree import parse

SUFFIX = ".tf"
OTHER_SUFFIXES = (".tf.json", ".tofu", ".tofu.json")
"""Terraform that this version does not read; it may hold what a module seems to lack."""


@dataclass(frozen=True)
class Codebase:
    """Parsed files by path; ``not_analysed`` holds the others with their reason.

    ``unseen`` are files of a kind that is not read at all.
    """

    grammar: Grammar = field(repr=False)
    documents: Mapping[str, Document]
    not_analysed: tuple[NotAnalysed, ...] = ()
    unseen: tuple[str, ...] = ()
    _earlier: tuple[Module, ...] = field(default=(), repr=False, compare=False)
    """Modules of the codebase this one was made from; untouched ones are the same objects."""

    @classmethod
    def read(
        cls,
        files: Mapping[str, bytes],
        grammar: Grammar,
        cache: MutableMapping[bytes, Document] | None = None,
        skipped: Iterable[NotAnalysed] = (),
    ) -> Codebase:
        """Parse every ``.tf`` file. ``cache`` maps contents to what an earlier run parsed.

        ``skipped`` are files that the caller could not read: nothing is concluded from the absence
        of something in their directories, or in those with Terraform of ``OTHER_SUFFIXES``.
        """
        skipped = tuple(skipped)
        documents: dict[str, Document] = {}
        failed: list[NotAnalysed] = [one for one in skipped if one.path.endswith(SUFFIX)]
        paths = {*files, *(one.path for one in skipped)}
        unseen = tuple(sorted(path for path in paths if path.endswith(OTHER_SUFFIXES)))
        for path in sorted(files):
            if not path.endswith(SUFFIX):
                continue
            try:
                documents[path] = _document(path, files[path], grammar, cache)
            except Unreadable as error:
                reason = f"{error.reason} (line {error.line}, column {error.column})"
                failed.append(NotAnalysed(path, error.line, reason))
        return cls(grammar, documents, tuple(failed), unseen)

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """One module a directory, sorted."""
        found: dict[str, list[Document]] = {}
        for path, document in sorted(self.documents.items()):
            found.setdefault(dirname(path), []).append(document)
        unread = sorted({*self.unseen, *(missing.path for missing in self.not_analysed)})
        earlier = {module.directory: module for module in self._earlier}
        modules = []
        for directory in sorted(found):
            held, documents = earlier.get(directory), tuple(found[directory])
            if held is not None and _same(held.documents, documents):
                modules.append(held)
                continue
            missing = tuple(path for path in unread if dirname(path) == directory)
            modules.append(Module(directory, documents, missing))
        return tuple(modules)

    def module(self, directory: str) -> Module | None:
        """The module of one directory."""
        return next((m for m in self.modules if m.directory == directory), None)

    def bytes_of(self, path: str) -> bytes:
        """A file as it would be written."""
        return self.documents[path].source.encode()

    def with_edits(self, edits: Iterable[Edit]) -> Codebase:
        """The codebase after edits. Raises ``Unparsable`` and ``OverlappingEdits``."""
        changed = dict(self.documents)
        for path, group in groupby(sorted(edits), key=lambda edit: edit.path):
            known = self.documents.get(path)
            source = known.source if known else SourceFile.of(path, "")
            changed[path] = parse(apply(source, group), self.grammar)
        return self._changed(changed)

    def with_intents(self, intents: Iterable[Targeted]) -> Codebase:
        """The codebase after intents; a file that is not there yet is created."""
        changed = dict(self.documents)
        ordered = sorted(intents, key=lambda targeted: targeted.path)
        for path, group in groupby(ordered, key=lambda targeted: targeted.path):
            document = self.documents.get(path) or parse(SourceFile.of(path, ""), self.grammar)
            wanted = [targeted.intent for targeted in group]
            changed[path] = rewrite(document, wanted, self.grammar)
        return self._changed(changed)

    def _changed(self, documents: Mapping[str, Document]) -> Codebase:
        return replace(self, documents=documents, _earlier=self.modules)

    def edits_to(self, after: Codebase) -> tuple[Edit, ...]:
        """Whole-line edits that lead from here to there; a new file is one edit at its start."""
        edits: list[Edit] = []
        for path, document in sorted(after.documents.items()):
            known = self.documents.get(path)
            if known is None:
                edits.append(Edit(path, Span(0, 0), document.source.text))
            elif known.source.text != document.source.text:
                edits.extend(edits_between(known.source, document.source))
        return tuple(edits)


def _same(one: tuple[Document, ...], two: tuple[Document, ...]) -> bool:
    return len(one) == len(two) and all(a is b for a, b in zip(one, two, strict=True))


def _document(
    path: str,
    data: bytes,
    grammar: Grammar,
    cache: MutableMapping[bytes, Document] | None,
) -> Document:
    key = path.encode() + b"\0" + data
    if cache is not None and key in cache:
        return cache[key]
    document = parse(SourceFile.decode(path, data), grammar)
    if cache is not None:
        cache[key] = document
    return document
