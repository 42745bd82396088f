"""What a fix would make of its files, kept as digests of lines; whether a later file keeps it.

Pure. Holds no text of anybody's file: a digest tells that a line is the same, never what it says.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Any, Final

from remediations.model import Fix
from remediations.source import SourceFile, Unreadable, apply

_SIZE: Final = 6
_HEADER: Final = re.compile(rb'[\w{][\w.-]*(?:[ \t]+"[^"\n]*")*')
_ARGUMENT: Final = re.compile(rb'\s*"?([\w.-]+)"?\s*[=:]')
_BLOCK: Final = re.compile(rb'\s*(\w+)((?:\s+"[^"]*")*)\s*\{')

Run = tuple[bytes, ...]
"""Digests of lines that stand together."""


class Kept(Enum):
    """How much of a planned text a file holds."""

    WHOLLY = "wholly"
    """Every planned line, byte for byte, in the block it was planned for."""
    PARTLY = "partly"
    """Some of the lines, or others in their place that set the same thing."""
    NOT_AT_ALL = "not at all"


@dataclass(frozen=True, slots=True)
class Part:
    """One block of a file. ``had`` are its lines before the fix. ``writes`` says how often lines
    that it writes stand there after it, ``goes`` how often what it takes away still does; ``keys``
    are the arguments that it sets. ``stays`` is False for a block that the fix takes away.
    """

    header: bytes
    stays: bool
    had: frozenset[bytes]
    writes: Mapping[Run, int]
    goes: Mapping[bytes, int]
    keys: frozenset[bytes]

    @classmethod
    def of(cls, header: bytes, before: Sequence[bytes], after: Sequence[bytes]) -> Part:
        """From a block's lines before and after."""
        old, new = _digests(before), _digests(after)
        changes = tuple(_changes(old, new))
        gone = [line for first, last, _, _ in changes for line in before[first:last]]
        same = {b"".join(line.split()) for line in gone}
        written = [line for _, _, start, end in changes for line in after[start:end]]
        # A line that was only aligned anew sets nothing.
        fresh = (line for line in written if b"".join(line.split()) not in same)
        runs = [(start, end) for _, _, start, end in changes if b"".join(after[start:end]).strip()]
        taken = {
            _meaning(line)
            for first, last, start, end in changes
            for line in before[first:last]
            if start == end and line.strip()
        }
        left = Counter(_meaning(line) for line in after)
        return cls(
            header=header,
            stays=bool(after),
            had=frozenset(old),
            writes={run: _count(new, run) for run in sorted(tuple(new[a:b]) for a, b in runs)},
            goes={line: left[line] for line in sorted(taken)},
            keys=frozenset(_arguments(fresh)) if before else frozenset(),
        )

    def held(self, lines: Sequence[bytes]) -> list[bool]:
        """For each change, whether the block has it. ``lines`` are empty where it has no such."""
        if not lines or not self.stays:
            return [bool(lines) == self.stays]
        found, left = _digests(lines), Counter(_meaning(line) for line in lines)
        written = [_count(found, run) >= count for run, count in self.writes.items()]
        return written + [left[line] <= count for line, count in self.goes.items()]

    def sets_the_same(self, lines: Sequence[bytes]) -> bool:
        """Whether a line that was not there before sets an argument that the fix sets."""
        new = (line for line in lines if _digests([line])[0] not in self.had)
        return not self.keys.isdisjoint(_arguments(new))


@dataclass(frozen=True, slots=True)
class Planned:
    """One file after a fix, by its blocks. ``adds`` counts blocks of the kinds that it adds."""

    parts: tuple[Part, ...]
    adds: Mapping[bytes, int]

    @classmethod
    def of(cls, before: bytes, after: bytes) -> Planned:
        """From the contents of a file before and after a fix."""
        old, new = _sections(before), _sections(after)
        parts = tuple(
            Part.of(header, old.get(header, ()), new.get(header, ()))
            for header in dict.fromkeys([*old, *new])
            if old.get(header) != new.get(header)
        )
        were, are = Counter(_kinds(before)), Counter(_kinds(after))
        return cls(parts, {kind: are[kind] for kind in sorted(are) if are[kind] > were[kind]})

    def kept_by(self, data: bytes | None) -> Kept:
        """Whether a file still, or by now, holds what was planned; None is a file that is gone."""
        if data is None or not self.parts:
            return Kept.NOT_AT_ALL
        sections = _sections(data)
        found = [(part, sections.get(part.header, ())) for part in self.parts]
        held = [one for part, lines in found for one in part.held(lines)]
        if all(held):
            return Kept.WHOLLY
        kinds = Counter(_kinds(data))
        is_like = any(kinds[kind] >= count for kind, count in self.adds.items())
        if is_like or any(held) or any(part.sets_the_same(lines) for part, lines in found):
            return Kept.PARTLY
        return Kept.NOT_AT_ALL

    def as_json(self) -> dict[str, Any]:
        """Plain data for the database."""
        return {
            "adds": _counts({(kind,): count for kind, count in self.adds.items()}),
            "parts": [
                {
                    "header": _packed([part.header]),
                    "stays": part.stays,
                    "had": _packed(sorted(part.had)),
                    "writes": _counts(part.writes),
                    "goes": _counts({(line,): count for line, count in part.goes.items()}),
                    "keys": _packed(sorted(part.keys)),
                }
                for part in self.parts
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Planned:
        """What ``as_json`` gave."""
        parts = (
            Part(
                header=_unpacked(one["header"])[0],
                stays=one["stays"],
                had=frozenset(_unpacked(one["had"])),
                writes={_unpacked(run): count for run, count in one["writes"].items()},
                goes={_unpacked(line)[0]: count for line, count in one["goes"].items()},
                keys=frozenset(_unpacked(one["keys"])),
            )
            for one in data["parts"]
        )
        return cls(tuple(parts), {_unpacked(one)[0]: n for one, n in data["adds"].items()})


Plans = Mapping[str, Planned]
"""By the name of a file as ``name_of`` gives it, since a name can hold a secret too."""


def name_of(path: str) -> str:
    """A digest that stands for a path."""
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def plans_of(fix: Fix | None, head: Mapping[str, bytes]) -> Plans:
    """What a fix would make of each of its files."""
    if fix is None or not fix.is_proved:
        return {}
    return dict(_plans(fix, head))


def _plans(fix: Fix, head: Mapping[str, bytes]) -> Iterator[tuple[str, Planned]]:
    for path in fix.paths:
        before = head.get(path, b"")
        try:
            source = SourceFile.decode(path, before)
        except Unreadable:  # a fix never stands in such a file; it may only take its name
            source = SourceFile.of(path, "")
        edits = (edit for edit in fix.edits if edit.path == path)
        yield name_of(path), Planned.of(before, apply(source, edits).encode())


def kept(plans: Plans, head: Mapping[str, bytes]) -> Kept:
    """How much of a fix a tree holds, over all of its files."""
    named = {name_of(path): data for path, data in head.items()}
    found = {plan.kept_by(named.get(name)) for name, plan in plans.items()}
    if found == {Kept.WHOLLY}:
        return Kept.WHOLLY
    return Kept.NOT_AT_ALL if found <= {Kept.NOT_AT_ALL} else Kept.PARTLY


def _sections(data: bytes) -> dict[bytes, tuple[bytes, ...]]:
    """Lines by the block they stand in, which begins where a line is not indented.

    Blocks of the same name are one, and so is all that stands before the first.
    """
    found: dict[bytes, list[bytes]] = {}
    header = _digests([b""])[0]
    for line in data.splitlines(keepends=True):
        begins = _HEADER.match(line)
        if begins is not None:
            header = _digests([begins[0]])[0]
        found.setdefault(header, []).append(line)
    return {header: tuple(lines) for header, lines in found.items()}


def _changes(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """Spans of both that differ: where in the old one, where in the new one."""
    shortest, head, tail = min(len(old), len(new)), 0, 0
    while head < shortest and old[head] == new[head]:
        head += 1
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    ends = len(old) - tail, len(new) - tail
    middle = SequenceMatcher(None, old[head : ends[0]], new[head : ends[1]], autojunk=False)
    for tag, *spans in middle.get_opcodes():
        if tag != "equal":
            first, last, start, end = (head + place for place in spans)
            yield first, last, start, end


def _count(lines: Sequence[bytes], run: Run) -> int:
    """How often the run stands among the lines."""
    starts = range(len(lines) - len(run) + 1)
    return sum(lines[at] == run[0] and tuple(lines[at : at + len(run)]) == run for at in starts)


def _digests(lines: Iterable[bytes]) -> list[bytes]:
    return [hashlib.sha256(line).digest()[:_SIZE] for line in lines]


def _arguments(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        found = _ARGUMENT.match(line)
        if found is not None:
            yield _digests([found[1]])[0]


def _meaning(line: bytes) -> bytes:
    """What is gone once a line is taken away: the argument, whatever it was set to."""
    return next(_arguments([line]), _digests([line])[0])


def _kinds(data: bytes) -> Iterator[bytes]:
    """Every block by its type, and for resources the resource's type too."""
    for line in data.splitlines():
        found = _BLOCK.match(line)
        if found is not None:
            labels = found[2].split()
            yield _digests([b" ".join([found[1], *labels[: len(labels) - 1]])])[0]


def _counts(runs: Mapping[Run, int]) -> dict[str, int]:
    return {_packed(run): count for run, count in runs.items()}


def _packed(digests: Sequence[bytes]) -> str:
    return base64.b64encode(b"".join(digests)).decode()


def _unpacked(text: str) -> tuple[bytes, ...]:
    data = base64.b64decode(text)
    return tuple(data[start : start + _SIZE] for start in range(0, len(data), _SIZE))
