"""Reads a rule's page: its headings and its examples. Judges nothing.

A fence is ``hcl before``, ``hcl after`` or ``hcl good``. A line ``# file: kms.tf`` begins another
file (the first is ``main.tf``). ``# finding`` at a line's end marks where a finding is expected,
``# finding unknown`` one that rests on a value nobody can read. An ``after`` belongs to the
``before`` right above it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from remediations.rule import page, rules

_FENCE = re.compile(r"^```hcl (before|after|good)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"[ \t]*# finding( unknown)?$", re.MULTILINE)
_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """One example: files without marks, the marked places, and what the fix makes of it."""

    rule: str
    number: int
    kind: str
    files: dict[str, str]
    marks: frozenset[tuple[str, int, bool]]
    after: dict[str, str] | None

    def __str__(self) -> str:
        return f"{self.rule}-{self.kind}-{self.number}"


def split_files(text: str) -> dict[str, str]:
    """Files of one fence."""
    pieces = _FILE.split(text)
    files = {"main.tf": pieces[0]} if pieces[0].strip() else {}
    files.update(zip(pieces[1::2], pieces[2::2], strict=True))
    return {path: body.strip("\n") + "\n" for path, body in files.items()}


def _marks(files: dict[str, str]) -> frozenset[tuple[str, int, bool]]:
    return frozenset(
        (path, number, bool(match[1]))
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _MARK.search(line))
    )


def _without_marks(files: dict[str, str]) -> dict[str, str]:
    return {path: _MARK.sub("", text) for path, text in files.items()}


def examples(rule_id: str) -> list[Example]:
    """Every example of a page, in its order."""
    fences = _FENCE.findall(page(rule_id))
    found = []
    for number, (kind, text) in enumerate(fences):
        if kind == "after":
            continue
        following = fences[number + 1] if number + 1 < len(fences) else ("", "")
        after = split_files(following[1]) if kind == "before" and following[0] == "after" else None
        files = split_files(text)
        found.append(Example(rule_id, number, kind, _without_marks(files), _marks(files), after))
    return found


def all_examples(kind: str) -> list[Example]:
    """Examples of one kind over all rules."""
    return [e for rule in rules() for e in examples(rule.id) if e.kind == kind]
