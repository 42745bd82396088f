"""What a check of a directory came to, before anybody formats it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.verdict import Verdict
from remediations.model import Finding, Fix, NotAnalysed, Plan


@dataclass(frozen=True, slots=True)
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

    def fix_of(self, finding: Finding) -> Fix | None:
        """The fix that closes a finding."""
        for fix in self.plan.fixes:
            if any(held.fingerprint == finding.fingerprint for held in fix.findings):
                return fix
        return None

    def reason_of(self, finding: Finding) -> str:
        """Why a finding has no fix."""
        for refusal in self.plan.refusals:
            if refusal.finding.fingerprint == finding.fingerprint:
                return refusal.reason
        return ""
