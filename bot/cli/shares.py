"""A large directory is judged by all cores: the roots in it know nothing of each other.

Each process parses what its roots lead to. The outcome is the one of a single process, byte for
byte. Trusts its children, which read what this process has read already: for text that the person
at this terminal trusts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import field
from posixpath import dirname
from typing import Final

from bot.wire import WireError, from_wire, to_wire
from remediations.codebase import Codebase, Root
from remediations.detect import Examination, Seen, examine, look, together
from remediations.foresight import Foresight, Part, foresee
from remediations.frozen import dataclass
from remediations.model import NotAnalysed, Profile
from remediations.rule import rules_of
from remediations.terraform.files import READ, VALUES
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Document
from remediations.told import SeenThere, Share, Told

from .crew import MOST_PIECES, worked_off
from .kept import Reports
from .kept_roots import KeptRoots
from .kept_trees import keep, trees_of
from .progress import is_seen, say_read, shown

WORTH_IT: Final = 150_000
"""Bytes of Terraform from which a second process saves more than it costs."""
MOST: Final = 4
_RESOURCE: Final = re.compile(rb'^resource[ \t]+"(\w+)"', re.M)
_PARTS: Final = 12
"""For each process: many, so that all end at about the same time, and few, because each costs."""


@dataclass(frozen=True, slots=True)
class Question:
    """Files by path, those that could not be read, and how strict to be."""

    files: Mapping[str, bytes]
    skipped: tuple[NotAnalysed, ...]
    profile: Profile
    grammar: Grammar = field(repr=False)
    reports: Reports | None = None
    """Where it can be asked what single roots showed, and what was parsed, before."""
    place: str = ""
    """Where the files lie on this machine."""

    def kept(self, foresight: Foresight) -> KeptRoots | None:
        """What single roots showed before."""
        if self.reports is None:
            return None
        asked = to_wire(self.profile), to_wire(self.skipped)
        return KeptRoots(self.reports, self.files, foresight, asked)

    def trees(self) -> MutableMapping[bytes, Document]:
        """What was parsed before, and room for what will be."""
        return trees_of(self.reports, self.place) if self.reports else {}

    def whole(self) -> Examination:
        """What one process sees in all of it."""
        trees = self.trees()
        off = self.profile.rules_off
        codebase = Codebase.read(
            shown(self.files), self.grammar, trees, skipped=self.skipped, off=off
        )
        keep(trees)
        return examine(codebase, self.profile)


def examined(question: Question) -> Examination:
    """As ``examine``, for whoever wants findings and outlines alone."""
    if sum(map(len, question.files.values())) < WORTH_IT:
        return question.whole()
    return examined_in(min(_cores(), MOST), question)


def examined_in(processes: int, question: Question) -> Examination:
    """In so many processes, where that is possible and nothing comes up that was not foreseen."""
    foresight = foresee(question.files)
    if foresight is None or len(foresight.roots) < 2:
        return question.whole()
    kept = question.kept(foresight)
    known = kept.find() if kept else {}
    roots = [root for root in foresight.roots if root not in known]
    parts = foresight.parts(min(processes * _PARTS, MOST_PIECES), question.files, roots)
    _load_rules(question.files[path] for path in {path for part in parts for path in part.paths})
    looking = _Looking(question, foresight, kept, parts, question.trees())
    told = worked_off(looking, len(parts), processes)
    looking.say_taken(len(parts))
    shares = known | {share.root: share for share in told}
    if shares.keys() != set(foresight.roots):
        return question.whole()
    unread = (one for one in question.skipped if one.path.endswith(READ))
    failed = {one for share in shares.values() for one in share.missing}
    missing = (*unread, *sorted(failed, key=lambda one: one.path))
    seen = [one for root in sorted(shares) for one in shares[root].seen]
    names = {one.environment for one in seen}
    return together(question.profile, missing, [*map(seen_of, seen)], names)


def _load_rules(files: Iterable[bytes]) -> None:
    """Once for all processes, which would each load those that they need."""
    for kind in {kind for data in files for kind in _RESOURCE.findall(data)}:
        rules_of(kind.decode())


@dataclass(frozen=True, slots=True)
class _Looking:
    """A process at work on ``parts``. What several of them need, it parses once, in ``trees``."""

    question: Question
    foresight: Foresight
    kept: KeptRoots | None
    parts: tuple[Part, ...]
    trees: MutableMapping[bytes, Document]

    def done(self, piece: int) -> list[Share]:
        """What each root of a part shows."""
        self.say_taken(piece)
        shares = self._shares(self.parts[piece])
        if self.kept is not None:
            self.kept.keep({share.root: to_wire(share) for share in shares})
        return shares

    def written(self, piece: int) -> list[bytes]:
        """The same on the wire."""
        lines = {share.root: to_wire(share) for share in self._shares(self.parts[piece])}
        if self.kept is not None:
            self.kept.keep(lines)
        return [*lines.values()]

    def read(self, line: bytes) -> Share | None:
        """What another process wrote."""
        with suppress(WireError):
            return from_wire(Share, line)
        return None

    def say_taken(self, piece: int) -> None:
        """How far all processes have come when one takes that piece, or one after the last."""
        if is_seen(len(self.question.files)):
            taken = {path for part in self.parts[:piece] for path in part.paths}
            total = taken.union(*(part.paths for part in self.parts[piece:]))
            say_read(len(taken), len(total))

    def _shares(self, part: Part) -> list[Share]:
        """Nothing where the roots of the part call what was not foreseen."""
        files = {path: self.question.files[path] for path in part.paths}
        codebase = Codebase.read(
            files,
            self.question.grammar,
            self.trees,
            skipped=self.question.skipped,
            elsewhere=self.foresight.elsewhere(part),
            off=self.question.profile.rules_off,
        )
        keep(self.trees)
        if not self.foresight.holds(codebase.calls, part):
            return []
        seen: dict[str, list[SeenThere]] = {root: [] for root in sorted(part.roots)}
        for root in codebase.roots(self.question.profile):
            if root.module.directory in seen:
                seen[root.module.directory].append(_at(root, look(root, self.question.profile)))
        missing = [one for one in codebase.not_analysed if one not in self.question.skipped]
        return [
            Share(root, tuple(found), tuple(one for one in missing if self._concerns(root, one)))
            for root, found in seen.items()
        ]

    def _concerns(self, root: str, missing: NotAnalysed) -> bool:
        """Whether a root would read that file; nobody knows of whom the values in one are."""
        is_reached = dirname(missing.path) in self.foresight.reached[root]
        return is_reached or missing.path.endswith(VALUES)


def _at(root: Root, seen: Seen) -> SeenThere:
    told = tuple(map(Told.of, seen.judged))
    return SeenThere(root.module.directory, root.environment.name, told, seen.not_analysed)


def _cores() -> int:
    if not hasattr(os, "fork"):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def seen_of(there: SeenThere) -> Seen:
    """What was told, as far as it can be told."""
    return Seen(tuple(told.judged() for told in there.told), there.not_analysed)
