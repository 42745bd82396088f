"""The Terraform of a repository at one moment, by directory. Text in, modules out.

Judges nothing. What cannot be read is named, never left out.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import field, replace
from functools import cached_property
from itertools import groupby
from posixpath import dirname
from typing import Any

from .environment import Environment, environments_of, is_example
from .frozen import dataclass
from .model import Edit, NotAnalysed, Profile, Span
from .registry import stand_ins
from .root_directories import root_directories
from .rule import Targeted, judged_kinds
from .source import SourceFile, Unreadable, apply
from .terraform.calls import Directory, called_directories
from .terraform.dormancy import modules_off
from .terraform.edit import edits_between, rewrite
from .terraform.files import LOCK, READ, VALUES, is_only_for_opentofu, replaced
from .terraform.grammar import Grammar
from .terraform.module import Module, Setting
from .terraform.nodes import Document
from .terraform.provider import locked
from .terraform.tree import parse
from .terraform.unread import Needed

RootName = tuple[str, str, bool]


@dataclass(frozen=True, eq=False)
class Root:
    """A root module as one environment applies it, with one of the two tools."""

    module: Module
    environment: Environment

    @property
    def name(self) -> RootName:
        """What tells it from the other roots."""
        is_of_terraform = bool(self.module.setting.passed_over)
        return self.module.directory, self.environment.name, is_of_terraform

    @cached_property
    def asleep(self) -> tuple[Module, ...]:
        """Modules that it calls once somebody turns them on."""
        return modules_off(self.module)

    @cached_property
    def size(self) -> int:
        """Characters that are judged when it is: a module counts for each of its calls."""
        held = (document for module in self._modules for document in module.documents)
        return sum(len(document.source.text) for document in held)

    @cached_property
    def directories(self) -> frozenset[str]:
        """Where its files are: its own directory, those it calls, and those of its values."""
        values = (dirname(document.path) for document in self.module.setting.values)
        called = (module.directory for module in self._modules)
        return frozenset({*called, *values})

    @cached_property
    def reach(self) -> frozenset[str]:
        """Its directories, and those that it calls in vain: a file there would be read too."""
        called = (called_directories(one.directory, one.documents) for one in self._modules)
        return self.directories.union(*called)

    @property
    def _modules(self) -> tuple[Module, ...]:
        return (*self.module.family, *self.asleep)


@dataclass(frozen=True)
class Codebase:
    """Parsed files by path; ``not_analysed`` holds the others with their reason."""

    grammar: Grammar = field(repr=False)
    documents: Mapping[str, Document]
    not_analysed: tuple[NotAnalysed, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    """Directories that were left out; files of values in or below them are not for those above."""
    _earlier: Codebase | None = field(default=None, repr=False, compare=False)
    """The codebase this one was made from; modules that are untouched are the same objects."""
    _remembered: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(
        cls,
        files: Mapping[str, bytes],
        grammar: Grammar,
        cache: MutableMapping[bytes, Document] | None = None,
        skipped: Iterable[NotAnalysed] = (),
        earlier: Codebase | None = None,
        elsewhere: frozenset[str] = frozenset(),
        off: frozenset[str] = frozenset(),
    ) -> Codebase:
        """Parse every file of Terraform or OpenTofu, and every file of values.

        What no rule judges is read when somebody asks; ``off`` are those that will not ask, by id.

        ``cache`` maps contents to what was parsed already. Roots that are the same in ``earlier``,
        which was read with the same cache, are taken from there with all that is known of them.

        ``skipped`` are files that the caller could not read: nothing is concluded from the absence
        of something in their directories.
        """
        skipped = tuple(skipped)
        is_needed = _needed(judged_kinds(off))
        documents: dict[str, Document] = {}
        failed: list[NotAnalysed] = [one for one in skipped if one.path.endswith(READ)]
        for path in sorted(files):
            if not path.endswith(READ):
                continue
            try:
                documents[path] = _document(path, files[path], grammar, is_needed, cache)
            except Unreadable as error:
                reason = f"{error.reason} (line {error.line}, column {error.column})"
                blocking = not path.endswith(LOCK) and not is_example(path)
                failed.append(NotAnalysed(path, error.line, reason, blocking))
        return cls(grammar, documents, tuple(failed), elsewhere, earlier)

    @cached_property
    def library(self) -> Mapping[str, Directory]:
        """The Terraform of each directory, sorted; as OpenTofu reads it where there are both."""
        return self._kept(self._library(self.replaced))

    @cached_property
    def _library_of_terraform(self) -> Mapping[str, Directory]:
        return self._library({path for path in self._paths if is_only_for_opentofu(path)})

    @cached_property
    def _paths(self) -> frozenset[str]:
        missing = (one.path for one in self.not_analysed)
        return frozenset({*self.documents, *missing})

    @cached_property
    def replaced(self) -> Mapping[str, str]:
        """Files that OpenTofu passes over, with what it reads instead; Terraform reads them."""
        return replaced(self._paths)

    def _library(self, passed_over: Collection[str]) -> Mapping[str, Directory]:
        found: dict[str, list[Document]] = {}
        for path, document in sorted(self.documents.items()):
            if path not in passed_over and not path.endswith((*VALUES, LOCK)):
                found.setdefault(dirname(path), []).append(document)
        missing: dict[str, list[str]] = {}
        for path in sorted(self._paths - self.documents.keys()):
            if path not in passed_over and not path.endswith(LOCK) and not is_example(path):
                missing.setdefault(dirname(path), []).append(path)
        return {
            directory: Directory(tuple(found[directory]), tuple(missing.get(directory, ())))
            for directory in sorted(found)
        }

    def _kept(self, library: Mapping[str, Directory]) -> Mapping[str, Directory]:
        """With the untouched directories of the codebase this one was made from."""
        before = self._before.library if self._before else {}
        kept = before.keys() - self._changed_directories
        return {name: before[name] if name in kept else held for name, held in library.items()}

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """Each directory as it stands alone, with the defaults of its variables, sorted."""
        return tuple(self._alone(directory) for directory in self.library)

    def _alone(self, directory: str) -> Module:
        held = self.library[directory]
        return Module(
            directory,
            held.documents,
            held.unread,
            library=self._with_stand_ins,
            _written=held.written,
        )

    @cached_property
    def _with_stand_ins(self) -> Mapping[str, Directory]:
        return {**self.library, **self._stand_ins}

    @cached_property
    def _stand_ins(self) -> Mapping[str, Directory]:
        return stand_ins(self.documents.values(), self.grammar)

    def roots(self, profile: Profile) -> tuple[Root, ...]:
        """What is applied: each directory that nobody calls, once for every environment."""
        key = (profile.environment, profile.environments, profile.by_name)
        if key not in self._remembered:
            earlier = self._before.roots_by_name(profile) if self._before else {}
            self._remembered[key] = tuple(self._roots(profile, earlier))
        found: tuple[Root, ...] = self._remembered[key]
        return found

    def roots_by_name(self, profile: Profile) -> Mapping[RootName, Root]:
        """The roots by directory, environment and tool."""
        return {root.name: root for root in self.roots(profile)}

    def _roots(self, profile: Profile, earlier: Mapping[RootName, Root]) -> Iterator[Root]:
        values = self._values_by_directory
        for directory in self._root_directories:
            for environment in environments_of(
                directory,
                values.get(directory, ()),
                profile.environments,
                profile.environment,
                by_name=profile.by_name,
            ):
                for root in self._tools(directory, environment):
                    known = earlier.get(root.name)
                    yield root if known is None or self._differs(known, root) else known

    def _differs(self, known: Root, root: Root) -> bool:
        return known.environment != root.environment or not self._changed_directories.isdisjoint(
            known.reach
        )

    def _tools(self, directory: str, environment: Environment) -> Iterator[Root]:
        """As OpenTofu reads it, and as Terraform does where that is something else."""
        if directory in self.library:
            yield Root(self._root(directory, environment), environment)
        other = self._library_of_terraform.get(directory) if self.replaced else None
        if other is not None:
            setting = self._setting(directory, environment)
            setting = replace(setting, passed_over=self.replaced)
            module = Module(
                directory,
                other.documents,
                other.unread,
                library={**self._library_of_terraform, **self._stand_ins},
                setting=setting,
            )
            root = Root(module, environment)
            if not root.directories.isdisjoint(map(dirname, self.replaced)):
                yield root

    def _root(self, directory: str, environment: Environment) -> Module:
        return replace(self._alone(directory), setting=self._setting(directory, environment))

    def _setting(self, directory: str, environment: Environment) -> Setting:
        paths = [path for path in environment.tfvars if path in self.documents]
        given = tuple(self.documents[path] for path in paths)
        lock = self.documents.get(f"{directory}/{LOCK}" if directory else LOCK)
        return Setting(given, environment.workspace, locked(lock) if lock else None)

    @property
    def _before(self) -> Codebase | None:
        """The codebase this one was made from, where both tools still read the same files."""
        earlier = self._earlier
        return earlier if earlier is not None and earlier.replaced == self.replaced else None

    @cached_property
    def _changed_directories(self) -> frozenset[str]:
        """Where files differ from those of the codebase this one was made from, or are gone."""
        earlier = self._earlier
        if earlier is None:
            return frozenset()
        before, now = earlier.documents, self.documents
        differ = (path for path in {*before, *now} if before.get(path) is not now.get(path))
        unread = {*earlier.not_analysed} ^ {*self.not_analysed}
        return frozenset(map(dirname, (*differ, *(one.path for one in unread))))

    @cached_property
    def calls(self) -> Mapping[str, frozenset[str]]:
        """By directory, which directories it calls; not all of them need be there."""
        before = self._before.calls if self._before else {}
        return {
            directory: before[directory]
            if directory in before and directory not in self._changed_directories
            else called_directories(directory, held.documents)
            for directory, held in self._of_either_tool.items()
        }

    @cached_property
    def _of_either_tool(self) -> Mapping[str, Directory]:
        return {**self._library_of_terraform, **self.library} if self.replaced else self.library

    @cached_property
    def _root_directories(self) -> tuple[str, ...]:
        return root_directories(self.calls)

    @cached_property
    def _values_by_directory(self) -> Mapping[str, tuple[str, ...]]:
        """tfvars files by the root module that they lie in or below."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.documents):
            if not path.endswith(VALUES):
                continue
            directory = dirname(path)
            while directory and directory not in self.library and directory not in self.elsewhere:
                directory = dirname(directory)
            found.setdefault(directory, []).append(path)
        return {directory: tuple(paths) for directory, paths in found.items()}

    def module(self, directory: str) -> Module | None:
        """The module of one directory."""
        return self._by_directory.get(directory)

    @cached_property
    def _by_directory(self) -> Mapping[str, Module]:
        return {module.directory: module for module in self.modules}

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
        return replace(self, documents=documents, _earlier=self, _remembered={})

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


def _document(
    path: str,
    data: bytes,
    grammar: Grammar,
    is_needed: Needed,
    cache: MutableMapping[bytes, Document] | None,
) -> Document:
    key = path.encode() + b"\0" + data
    if cache is not None and key in cache:
        return cache[key]
    document = parse(SourceFile.decode(path, data), grammar, is_needed)
    if cache is not None:
        cache[key] = document
    return document


def _needed(kinds: frozenset[str]) -> Needed:
    """Whether rules look into a block, so that it need not wait until one does."""

    def is_needed(type: str, kind: str) -> bool:
        return (f"data.{kind}" if type == "data" else kind) in kinds

    return is_needed
