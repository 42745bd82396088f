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
from remediations.codebase import Codebase
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
    children = [_begun(part, foresight, question) for part in parts[1:]]
    looked = [_looked(part, foresight, question) for part in parts[:1]]
    looked += [_answer(*child) for child in children]
    looked += map(_of_share, known.values())
    found = [one for one in looked if one is not None]
    if len(found) < len(looked):
        return question.whole()
    unread = (one for one in question.skipped if one.path.endswith(READ))
    failed = {one for share in found for one in share.missing}
    missing = (*unread, *sorted(failed, key=lambda one: one.path))
    seen = sorted((one for share in found for one in share.seen), key=lambda one: one.directory)
    names = {one.environment for one in seen}
    return together(question.profile, missing, [one.seen for one in seen], names)


@dataclass(frozen=True, slots=True)
class _AtRoot:
    directory: str
    environment: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class _Looked:
    """What roots show, and which files that were there to be read cannot be parsed."""

    seen: tuple[_AtRoot, ...]
    missing: tuple[NotAnalysed, ...]


def _looked(part: Part, foresight: Foresight, question: Question) -> _Looked | None:
    """What the roots of a part show; None where they call what was not foreseen."""
    files = {path: question.files[path] for path in part.paths}
    codebase = Codebase.read(
        shown(files),
        question.grammar,
        skipped=question.skipped,
        elsewhere=foresight.elsewhere(part),
    )
    if not foresight.holds(codebase.calls, part):
        return None
    missing = tuple(one for one in codebase.not_analysed if one not in question.skipped)
    seen = tuple(
        _AtRoot(root.module.directory, root.environment.name, look(root, question.profile))
        for root in codebase.roots(question.profile)
        if root.module.directory in part.roots
    )
    looked = _Looked(seen, missing)
    kept = question.kept(foresight)
    if kept is not None:
        kept.keep(_told(looked), part.roots)
    return looked


def _cores() -> int:
    if not hasattr(os, "fork"):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begun(part: Part, foresight: Foresight, question: Question) -> tuple[int, int]:
    """A child at work, and where its answer can be read. It writes once and ends."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    code = 1
    try:
        os.close(reader)
        looked = _looked(part, foresight, question)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(to_wire(_told(looked)))
        code = 0
    finally:
        os._exit(code)  # whatever went wrong: the parent looks itself, and says it


def _told(looked: _Looked | None) -> Share:
    if looked is None:
        return Share(is_whole=False)
    seen = (
        SeenThere(
            one.directory,
            one.environment,
            tuple(map(Told.of, one.seen.judged)),
            one.seen.not_analysed,
        )
        for one in looked.seen
    )
    return Share(is_whole=True, seen=tuple(seen), missing=looked.missing)


def _answer(pid: int, reader: int) -> _Looked | None:
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    with suppress(WireError):
        return _of_share(from_wire(Share, answer)) if status == 0 else None
    return None


def _of_share(share: Share) -> _Looked | None:
    if not share.is_whole:
        return None
    seen = (_AtRoot(one.directory, one.environment, seen_of(one)) for one in share.seen)
    return _Looked(tuple(seen), share.missing)


def seen_of(there: SeenThere) -> Seen:
    """What another process saw, as far as it could tell it."""
    return Seen(tuple(told.judged() for told in there.told), there.not_analysed)
