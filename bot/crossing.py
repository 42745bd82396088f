"""A judgement as it crosses between processes: what several of its reports say is told once.

Most of what is found at one end of a change is found at the other. Knows no socket.
"""

from __future__ import annotations

from dataclasses import dataclass

from remediations.model import Finding, NotAnalysed, Plan, Report

from .engine import Judgement
from .wire import WireError


@dataclass(frozen=True, slots=True)
class Places:
    """A report whose findings are places in a list."""

    findings: tuple[int, ...]
    not_analysed: tuple[NotAnalysed, ...]
    environments: frozenset[str]

    def report(self, findings: tuple[Finding, ...]) -> Report:
        """The report. Raises ``WireError`` for a place that is not there."""
        if not all(0 <= place < len(findings) for place in self.findings):
            raise WireError("a finding is missing")
        held = tuple(findings[place] for place in self.findings)
        return Report(held, self.not_analysed, self.environments)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A judgement; the same findings as objects are the same ones here."""

    findings: tuple[Finding, ...]
    base: Places
    head: Places
    new: Places
    plan: Plan

    @classmethod
    def of(cls, judgement: Judgement) -> Crossing:
        """How it crosses."""
        reports = (judgement.base, judgement.head, judgement.new)
        held = {id(one): one for report in reports for one in report.findings}
        places = {number: place for place, number in enumerate(held)}
        base, head, new = (
            Places(
                tuple(places[id(one)] for one in report.findings),
                report.not_analysed,
                report.environments,
            )
            for report in reports
        )
        return cls(tuple(held.values()), base, head, new, judgement.plan)

    def judgement(self) -> Judgement:
        """What crossed. Raises ``WireError`` where that makes no sense."""
        base, head, new = (one.report(self.findings) for one in (self.base, self.head, self.new))
        return Judgement(base, head, new, self.plan)
