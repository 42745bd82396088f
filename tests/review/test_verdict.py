"""One verdict for command line and check."""

from __future__ import annotations

import pytest

from bot.verdict import Verdict, verdict
from remediations.model import NotAnalysed, Profile, Severity

from .nouns import finding

HIGH = Profile(fail_on=Severity.HIGH)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (Severity.MEDIUM, Verdict.PASSED),
        (Severity.HIGH, Verdict.FAILED),
        (Severity.CRITICAL, Verdict.FAILED),
    ],
)
def test_the_threshold_decides(severity: Severity, expected: Verdict) -> None:
    assert verdict([finding(severity=severity)], [], HIGH) is expected


def test_nothing_found_passes() -> None:
    assert verdict([], [], HIGH) is Verdict.PASSED


def test_an_unknown_value_never_fails() -> None:
    critical = finding(severity=Severity.CRITICAL, unknown="it has no default")
    assert verdict([critical], [], HIGH) is Verdict.PASSED


def test_what_could_not_be_looked_at_wins_over_findings() -> None:
    blocking = NotAnalysed("main.tf", 3, "a brace is missing")
    assert verdict([finding()], [blocking], HIGH) is Verdict.COULD_NOT_REVIEW
    assert verdict([], [blocking], HIGH) is Verdict.COULD_NOT_REVIEW


def test_a_note_forbids_nothing() -> None:
    note = NotAnalysed("main.tf", 3, "a brace is missing", blocking=False)
    assert verdict([], [note], HIGH) is Verdict.PASSED
    assert verdict([finding()], [note], HIGH) is Verdict.FAILED


def test_exit_codes_are_those_of_the_command_line() -> None:
    assert [item.exit_code for item in Verdict] == [0, 1, 2]
