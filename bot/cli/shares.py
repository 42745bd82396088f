"""A large directory is judged in shares, one a core: the roots in it know nothing of each other.

Each process parses what its roots lead to. The outcome is the one of a single process, byte for
byte. Trusts its children, which read what this process has read already: for text that the person
at this terminal trusts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from bot.wire import WireError, from_wire, to_wire
from remediations.codebase import Codebase, Root
from remediations.detect import Examination, Seen, examine, look, together
from remediations.foresight import Foresight, Part, foresee
from remediations.model import NotAnalysed, Profile
from remediations.terraform.files import READ
from remediations.terraform.grammar import Grammar
from remediations.told import SeenThere, Share, Told

from .kept import Reports
from .kept_roots import KeptRoots
from .progress import shown

WORTH_IT: Final = 150_000
"""Bytes of Terraform from which a second process saves more than it costs."""
MOST: Final = 4
_NOT_FORESEEN: Final = Share(is_whole=False)


@dataclass(frozen=True, slots=True)
class Question:
    """Files by path, those that could not be read, and how strict to be."""

    files: Mapping[str, bytes]
    skipped: tuple[NotAnalysed, ...]
    profile: Profile
    grammar: Grammar = field(repr=False)
    reports: Reports | None = None
    """Where it can be asked what single roots showed before."""

    def kept(self, foresight: Foresight) -> KeptRoots | None:
        """What single roots showed before."""
        if self.reports is None:
            return None
        asked = to_wire(self.profile), to_wire(self.skipped)
        return KeptRoots(self.reports, self.files, foresight, asked)

    def whole(self) -> Examination:
        """What one process sees in all of it."""
        codebase = Codebase.read(shown(self.files), self.grammar, skipped=self.skipped)
        return examine(codebase, self.profile)


def examined(question: Question) -> Examination:
    """As ``examine``, for whoever wants findings and outlines alone."""
    if sum(map(len, question.files.values())) < WORTH_IT:
        return question.whole()
    return examined_in(min(_cores(), MOST), question)


def examined_in(shares: int, question: Question) -> Examination:
    """In so many processes, where that is possible and nothing comes up that was not foreseen."""
    foresight = foresee(question.files)
    if foresight is None or len(foresight.roots) < 2:
        return question.whole()
    kept = question.kept(foresight)
    known = kept.find() if kept else {}
    roots = [root for root in foresight.roots if root not in known]
    parts = foresight.parts(shares, question.files, roots)
    children = [_begun(part, foresight, question, kept) for part in parts[1:]]
    told = [_told(part, foresight, question, kept) for part in parts[:1]]
    told += [*(_answer(*child) for child in children), *known.values()]
    if not all(share.is_whole for share in told):
        return question.whole()
    unread = (one for one in question.skipped if one.path.endswith(READ))
    failed = {one for share in told for one in share.missing}
    missing = (*unread, *sorted(failed, key=lambda one: one.path))
    seen = sorted((one for share in told for one in share.seen), key=lambda one: one.directory)
    names = {one.environment for one in seen}
    return together(question.profile, missing, [*map(seen_of, seen)], names)


def _told(part: Part, foresight: Foresight, question: Question, kept: KeptRoots | None) -> Share:
    """What the roots of a part show; not whole where they call what was not foreseen."""
    files = {path: question.files[path] for path in part.paths}
    codebase = Codebase.read(
        shown(files),
        question.grammar,
        skipped=question.skipped,
        elsewhere=foresight.elsewhere(part),
    )
    if not foresight.holds(codebase.calls, part):
        return _NOT_FORESEEN
    missing = tuple(one for one in codebase.not_analysed if one not in question.skipped)
    seen = tuple(
        _at(root, look(root, question.profile))
        for root in codebase.roots(question.profile)
        if root.module.directory in part.roots
    )
    share = Share(is_whole=True, seen=seen, missing=missing)
    if kept is not None:
        kept.keep(share, part.roots)
    return share


def _at(root: Root, seen: Seen) -> SeenThere:
    told = tuple(map(Told.of, seen.judged))
    return SeenThere(root.module.directory, root.environment.name, told, seen.not_analysed)


def _cores() -> int:
    if not hasattr(os, "fork"):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begun(
    part: Part, foresight: Foresight, question: Question, kept: KeptRoots | None
) -> tuple[int, int]:
    """A child at work, and where its answer can be read. It writes once and ends."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    code = 1
    try:
        os.close(reader)
        share = _told(part, foresight, question, kept)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(to_wire(share))
        code = 0
    finally:
        os._exit(code)  # whatever went wrong: the parent looks itself, and says it


def _answer(pid: int, reader: int) -> Share:
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    with suppress(WireError):
        if status == 0:
            return from_wire(Share, answer)
    return _NOT_FORESEEN


def seen_of(there: SeenThere) -> Seen:
    """What was told, as far as it can be told."""
    return Seen(tuple(told.judged() for told in there.told), there.not_analysed)
