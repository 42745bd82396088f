"""What a check of a directory came to, before anybody formats it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from bot.verdict import Verdict
from remediations.frozen import dataclass
from remediations.model import Finding, Fix, NotAnalysed, Plan


@dataclass(frozen=True)
class Result:
    """Findings, the fixes for them, what could not be looked at, and the verdict."""

    findings: tuple[Finding, ...]
    plan: Plan
    not_analysed: tuple[NotAnalysed, ...]
    verdict: Verdict
    environment: str
    as_given: str = ""
    """Comes before a path that a person at this terminal reads; empty or ending in a slash."""
    from_here: str = ""
    """Comes before a path for programs that run where this one runs."""
    excluded: int = 0
    """How many files the configuration leaves out."""

    @cached_property
    def _fixes(self) -> Mapping[str, Fix]:
        return {
            finding.fingerprint: fix for fix in self.plan.fixes[::-1] for finding in fix.findings
        }

    @cached_property
    def _reasons(self) -> Mapping[str, str]:
        return {one.finding.fingerprint: one.reason for one in self.plan.refusals[::-1]}

    def fix_of(self, finding: Finding) -> Fix | None:
        """The fix that closes a finding."""
        return self._fixes.get(finding.fingerprint)

    def reason_of(self, finding: Finding) -> str:
        """Why a finding has no fix."""
        return self._reasons.get(finding.fingerprint, "")
