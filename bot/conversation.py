"""What stands in this bot's threads already: which findings, what to settle, what to begin again.

Pure: threads and findings in, decisions out. A thread that a person answered or resolved is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import dirname
from typing import Final

from remediations.fingerprint import moved
from remediations.model import Finding, NotAnalysed

from . import commands
from .forge.port import Thread

_MARKER: Final = re.compile(
    r"<!-- lockstitch:finding(?P<fingerprints>(?: [0-9a-f]{4,64})+) offer=(?P<offer>[a-z]+) -->"
)
SETTLED: Final = "<!-- lockstitch:settled -->"
"""The last line of the word that this bot resolves a thread with."""


def fixed_in(sha: str) -> str:
    """The word in a thread whose findings are all gone. A host makes a link of the commit."""
    return f"Fixed in {sha[:12]}.\n\n{SETTLED}"


def here_again(sha: str) -> str:
    """The word in a thread that this bot had settled too soon."""
    return f"This is here again since {sha[:12]}."


def fingerprints(body: str) -> tuple[str, ...]:
    """The findings that a comment of ours stands for, read from its last line.

    Only there: the lines above may quote a file that imitates the marker.
    """
    match = _marked(body)
    return tuple(match["fingerprints"].split()) if match else ()


def offer_of(body: str) -> str:
    """What a comment of ours offers: suggestion, commit or advice; empty for other comments."""
    found = _marked(body)
    return found["offer"] if found else ""


def _marked(body: str) -> re.Match[str] | None:
    return _MARKER.fullmatch(body.rstrip().rpartition("\n")[2].strip())


@dataclass(frozen=True, slots=True)
class Conversation:
    """The bot's threads on a pull request, and what its head holds now."""

    threads: tuple[Thread, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints at the head to those that a thread has for the same finding."""

    @classmethod
    def of(
        cls, threads: Iterable[Thread], findings: Iterable[Finding], paths: Collection[str]
    ) -> Conversation:
        """``findings`` and ``paths`` are those of the head.

        A finding whose directory got another name since it was said keeps its thread.
        """
        ours = tuple(thread for thread in threads if fingerprints(thread.body))
        gone = [thread for thread in ours if thread.path not in paths]
        names = dict(_renamed(gone, findings)) if gone else {}
        return cls(ours, names)

    @property
    def said(self) -> dict[str, str]:
        """What stands in a thread, resolved or not: the offer made there, by fingerprint."""
        said = {
            mark: offer_of(thread.body)
            for thread in self.threads
            for mark in fingerprints(thread.body)
        }
        return said | {new: said[old] for new, old in self.names.items() if new not in said}

    @property
    def open_count(self) -> int:
        """How many conversations wait for somebody."""
        return sum(not thread.is_resolved for thread in self.threads)

    def settled(
        self, findings: Iterable[Finding], not_analysed: Collection[NotAnalysed]
    ) -> Iterator[Thread]:
        """Open threads whose every finding is gone, and not merely out of sight."""
        present = self._known_as(findings)
        unseen = {item.path for item in not_analysed}
        unseen_directories = {dirname(item.path) for item in not_analysed if item.blocking}
        for thread in self.threads:
            is_hidden = thread.path in unseen or dirname(thread.path) in unseen_directories
            is_free = not (thread.is_resolved or is_hidden or _is_answered(thread))
            if is_free and present.isdisjoint(fingerprints(thread.body)):
                yield thread

    def returned(self, findings: Iterable[Finding]) -> Iterator[Thread]:
        """Threads that this bot settled, and whose finding is here again."""
        present = self._known_as(findings)
        for thread in self.threads:
            was_settled = thread.is_resolved and _was_settled_by_us(thread)
            if was_settled and not present.isdisjoint(fingerprints(thread.body)):
                yield thread

    def _known_as(self, findings: Iterable[Finding]) -> set[str]:
        present = {finding.fingerprint for finding in findings}
        return present | {self.names[mark] for mark in present if mark in self.names}


def _is_answered(thread: Thread) -> bool:
    """Whether a person said something in it that is not just a command to this bot."""
    return any(
        not one.is_ours and commands.parse(one.body, in_thread=True) is None
        for one in thread.replies
    )


def _was_settled_by_us(thread: Thread) -> bool:
    last = thread.replies[-1] if thread.replies else None
    return last is not None and last.is_ours and last.body.rstrip().endswith(SETTLED)


def _renamed(gone: Iterable[Thread], findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """Findings that a thread on a file which is there no more had under its directory's name."""
    wanted = {mark: dirname(thread.path) for thread in gone for mark in fingerprints(thread.body)}
    for finding in findings:
        if finding.fingerprint in wanted:
            continue
        for directory in set(wanted.values()):
            old = moved(finding, directory, finding.address).fingerprint
            if wanted.get(old) == directory:
                yield finding.fingerprint, old
