"""Whether a change may pass: one function for the command line and for the check.

Knows findings and the profile; says nothing about words, exit or forge.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from remediations.model import Finding, NotAnalysed, Profile


class Verdict(Enum):
    """How a judgement ends. The value is the exit code of the command line."""

    PASSED = 0
    FAILED = 1
    COULD_NOT_REVIEW = 2

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 2 could not review."""
        return self.value


def verdict(
    findings: Iterable[Finding], not_analysed: Iterable[NotAnalysed], profile: Profile
) -> Verdict:
    """The verdict over what was found and what could not be looked at, which wins."""
    if any(item.blocking for item in not_analysed):
        return Verdict.COULD_NOT_REVIEW
    if any(fails(finding, profile) for finding in findings):
        return Verdict.FAILED
    return Verdict.PASSED


def fails(finding: Finding, profile: Profile) -> bool:
    """True where this finding alone forbids a pass; one on an unknown value never does."""
    return finding.is_known and finding.severity.rank >= profile.fail_on.rank
