"""Both ends of a change as text in; findings, proved fixes and new contents out.

The only room of the bot that parses what strangers wrote. Knows no forge, no queue, no process.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from remediations.codebase import Codebase
from remediations.comparison import new_findings
from remediations.detect import detect
from remediations.fingerprint import parted
from remediations.lineage import Lineage
from remediations.model import Edit, Finding, NotAnalysed, Plan, Profile, Report, Safety
from remediations.plan import combine, plan
from remediations.subject import under_head_names
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Document

from .diff import unified
from .repo_config import ConfigError, ConfigRead


@dataclass(frozen=True, slots=True)
class Texts:
    """What there is to read. ``directories`` are those that the change touches."""

    base: Mapping[str, bytes]
    head: Mapping[str, bytes]
    skipped: tuple[NotAnalysed, ...]
    directories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is found at both ends of a change. ``new`` is what this change caused."""

    base: Report
    head: Report
    new: Report
    plan: Plan


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which new findings to close: by fingerprint, of one rule, or all where both are None."""

    up_to: Safety
    fingerprints: frozenset[str] | None = None
    rule: str | None = None

    def of(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Those that are meant."""
        return tuple(
            finding
            for finding in findings
            if (self.fingerprints is None or finding.fingerprint in self.fingerprints)
            and (self.rule is None or finding.rule == self.rule)
        )


@dataclass(frozen=True, slots=True)
class Repair:
    """Whole new contents that close ``closed``; no ``files`` where nothing can be proved."""

    judgement: Judgement
    wanted: tuple[Finding, ...]
    closed: tuple[Finding, ...] = ()
    files: Mapping[str, bytes] | None = None
    patch: str = ""


class Engine(Protocol):
    """Whoever judges. Raises ``EngineStopped`` and ``EngineAway`` where it runs elsewhere."""

    def judge(self, texts: Texts, profile: Profile) -> Judgement:
        """Findings at both ends, and proved fixes for those that are new."""

    def repair(self, texts: Texts, profile: Profile, wanted: Wanted) -> Repair:
        """As ``judge``, and what the files would be with the fixes in."""

    def configuration(self, data: bytes) -> ConfigRead:
        """What a ``.lockstitch.yml`` says."""

    def close(self) -> None:
        """Give back what it holds."""


class EngineStopped(Exception):
    """The text made the engine stop: the message is for people, and trying again is no use."""


class EngineAway(Exception):
    """The engine could not be asked, for a reason that is not in the text; try again."""


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Judges in this process: for text that its user trusts, and inside the confined process."""

    grammar: Grammar
    laps: dict[str, float] = field(default_factory=dict)
    """Seconds of parse, detect and plan, added up over all questions; a plan is proved in it."""

    def judge(self, texts: Texts, profile: Profile) -> Judgement:
        """Findings at the merge base and at the head, and proved fixes for the new ones."""
        return self._judge(texts, profile)[1]

    def repair(self, texts: Texts, profile: Profile, wanted: Wanted) -> Repair:
        """Edits that close together as many of the wanted findings as can be proved."""
        before, judgement = self._judge(texts, profile)
        meant = wanted.of(judgement.new.findings)
        with self._lap("plan"):
            edits = combine(before, meant, profile, up_to=wanted.up_to)
        if not edits:
            return Repair(judgement, meant)
        after = before.with_edits(edits)
        paths = sorted({edit.path for edit in edits})
        closed, _ = parted(meant, judgement.head.findings, detect(after, profile).findings)
        return Repair(
            judgement,
            meant,
            closed,
            {path: after.bytes_of(path) for path in paths},
            _patch(before, edits),
        )

    def configuration(self, data: bytes) -> ConfigRead:
        """What the file says, or all that is wrong with it."""
        from .config_reader import parse  # without such a file nobody has to load YAML

        try:
            return ConfigRead(parse(data))
        except ConfigError as error:
            return ConfigRead(None, error.problems)

    def close(self) -> None:
        """Nothing is held."""

    def _judge(self, texts: Texts, profile: Profile) -> tuple[Codebase, Judgement]:
        off = profile.rules_off
        parsed: dict[bytes, Document] = {}  # most files are the same at both ends
        with self._lap("parse"):
            earlier = Codebase.read(texts.base, self.grammar, parsed, off=off)
            codebase = Codebase.read(
                texts.head, self.grammar, parsed, texts.skipped, earlier, off=off
            )
        where = texts.directories
        with self._lap("detect"):
            before = detect(earlier, profile, directories=where)
            head = detect(codebase, profile, directories=where)
            lineage = Lineage.between(earlier, codebase)
            base = under_head_names(before, head, earlier, codebase, lineage)
            new = replace(head, findings=new_findings(head, base))
        with self._lap("plan"):
            return codebase, Judgement(base, head, new, plan(codebase, new, profile))

    @contextmanager
    def _lap(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.laps[name] = self.laps.get(name, 0.0) + time.perf_counter() - began


def _patch(before: Codebase, edits: Collection[Edit]) -> str:
    after = before.with_edits(edits)
    parts = []
    for path in sorted({edit.path for edit in edits}):
        known = before.documents.get(path)
        old = known.source.text if known else None
        parts.append(unified(old, after.documents[path].source.text, path))
    return "".join(parts)
