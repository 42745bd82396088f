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
from remediations.terraform.files import VALUES
from remediations.terraform.grammar import Grammar
from remediations.told import SeenThere, Share, Told

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
    parts = foresight.parts(shares, question.files) if foresight else ()
    if foresight is None or len(parts) < 2:
        return question.whole()
    own, *others = parts
    children = [_begun(part, foresight, question) for part in others]
    looked = [_looked(own, foresight, question), *(_answer(*child) for child in children)]
    found = [one for one in looked if one is not None]
    if len(found) < len(looked):
        return question.whole()
    missing = dict.fromkeys(one for share in found for one in share.missing)
    seen = sorted((one for share in found for one in share.seen), key=lambda one: one.directory)
    names = {one.environment for one in seen}
    # As one process has it: what could not be read comes first.
    skipped = frozenset(question.skipped)
    ordered = sorted(missing, key=lambda one: "" if one in skipped else one.path)
    return together(question.profile, ordered, [one.seen for one in seen], names)


@dataclass(frozen=True, slots=True)
class _AtRoot:
    directory: str
    environment: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class _Looked:
    seen: tuple[_AtRoot, ...]
    missing: tuple[NotAnalysed, ...]


def _looked(part: Part, foresight: Foresight, question: Question) -> _Looked | None:
    """What the roots of a part show; None where they call what was not foreseen.

    Nor where a directory may not be one, so that values in it would belong to the one above.
    """
    files = {path: question.files[path] for path in part.paths}
    codebase = Codebase.read(
        shown(files),
        question.grammar,
        skipped=question.skipped,
        elsewhere=foresight.elsewhere(part),
    )
    missing = codebase.not_analysed
    has_values = any(path.endswith(VALUES) for path in part.paths)
    if not foresight.holds(codebase.calls, part) or (missing and has_values):
        return None
    return _Looked(
        tuple(
            _AtRoot(root.module.directory, root.environment.name, look(root, question.profile))
            for root in codebase.roots(question.profile)
            if root.module.directory in part.roots
        ),
        missing,
    )


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
        share = from_wire(Share, answer) if status == 0 else Share(is_whole=False)
        if share.is_whole:
            seen = (_AtRoot(one.directory, one.environment, seen_of(one)) for one in share.seen)
            return _Looked(tuple(seen), share.missing)
    return None


def seen_of(there: SeenThere) -> Seen:
    """What another process saw, as far as it could tell it."""
    return Seen(tuple(told.judged() for told in there.told), there.not_analysed)
