"""Who is heard, where a finding stands, and what it is known by."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Finding, Profile, Severity
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import (
    GoesBlind,
    HasAMistake,
    Unlocked,
    Untagged,
    read,
    things,
    use,
)

PROD = Profile("prod")


def found(text: str | dict[str, str], grammar: Grammar, profile: Profile = PROD) -> list[Finding]:
    return list(detect(read(text, grammar), profile).findings)


def fingerprint(files: dict[str, str], grammar: Grammar) -> str:
    (finding,) = found(files, grammar)
    return finding.fingerprint


@pytest.fixture(autouse=True)
def _rules(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Unlocked())


def test_a_finding_stands_on_the_line_that_names_the_resource(grammar: Grammar) -> None:
    (finding,) = found("# first\n" + things("a"), grammar)
    assert (finding.location.line, finding.location.end_line) == (2, 2)
    assert (finding.block.line, finding.block.end_line) == (2, 4)
    assert (finding.address, finding.attribute) == ("thing.a", "lock")


def test_findings_come_in_the_order_of_files_and_lines(grammar: Grammar) -> None:
    files = {"b.tf": things("c"), "a.tf": things("b", "a")}
    assert [f.address for f in found(files, grammar)] == ["thing.b", "thing.a", "thing.c"]


@pytest.mark.parametrize(
    ("environment", "severity"),
    [("staging", Severity.LOW), ("prod", Severity.HIGH), ("elsewhere", Severity.LOW)],
)
def test_the_environment_decides_how_bad_it_is(
    environment: str, severity: Severity, grammar: Grammar
) -> None:
    (finding,) = found(things("a"), grammar, Profile(environment))
    assert finding.severity is severity
    assert finding.environments == (environment,)


def test_what_is_not_said_in_an_environment_is_not_found_there(grammar: Grammar) -> None:
    assert found(things("a"), grammar, Profile("dev")) == []


def test_a_rule_that_is_off_is_silent(grammar: Grammar, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Unlocked(), Untagged())
    off = Profile("prod", rules_off=frozenset({"thing-unlocked"}))
    assert [f.rule for f in found(things("a"), grammar, off)] == ["thing-untagged"]


def test_lines_and_files_do_not_make_another_finding(grammar: Grammar) -> None:
    one = fingerprint({"d/main.tf": things("a")}, grammar)
    assert one == fingerprint({"d/other.tf": "\n\n# moved\n" + things("a")}, grammar)
    assert len(one) == 16


@pytest.mark.parametrize(
    "files", [{"e/main.tf": things("a")}, {"d/main.tf": things("b")}, {"main.tf": things("a")}]
)
def test_another_directory_or_name_is_another_finding(
    files: dict[str, str], grammar: Grammar
) -> None:
    assert fingerprint(files, grammar) != fingerprint({"d/main.tf": things("a")}, grammar)


def test_another_rule_is_another_finding(grammar: Grammar, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Unlocked(), Untagged())
    one, two = found(things("a"), grammar)
    assert one.fingerprint != two.fingerprint


def test_a_rule_that_cannot_judge_is_named_and_the_others_are_heard(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, GoesBlind(), Untagged())
    report = detect(read('\nresource "thing" "a" {\n  lock = true\n}\n', grammar), PROD)
    assert [f.rule for f in report.findings] == ["thing-untagged"]
    (failed,) = report.not_analysed
    assert (failed.path, failed.line, failed.rule) == ("main.tf", 2, "thing-goes-blind")
    assert failed.blocking
    assert "it is locked" in failed.reason


def test_what_an_override_file_says_counts(grammar: Grammar) -> None:
    override = 'resource "thing" "a" {\n  lock = true\n}\n'
    findings = found({"main.tf": things("a", "b"), "x_override.tf": override}, grammar)
    assert [(f.address, f.unknown) for f in findings] == [("thing.b", None)]


def test_an_override_of_nothing_lacks_nothing(grammar: Grammar) -> None:
    override = 'resource "thing" "a" {\n  size = 3\n}\n'
    findings = found({"main.tf": things("b"), "override.tf": override}, grammar)
    assert [(f.location.path, f.is_known) for f in findings] == [
        ("main.tf", True),
        ("override.tf", False),
    ]


def test_a_mistake_in_a_rule_is_told_and_the_run_goes_on(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, HasAMistake(), Untagged())
    report = detect(read(things("odd", "plain"), grammar), PROD)
    (told,) = report.not_analysed
    why = "a mistake in it (KeyError)"
    assert told.reason == f"`thing-has-a-mistake` could not judge `thing.odd`: {why}"
    assert (told.rule, told.line, told.blocking) == ("thing-has-a-mistake", 1, True)
    assert [(f.rule, f.address) for f in report.findings] == [
        ("thing-untagged", "thing.odd"),
        ("thing-has-a-mistake", "thing.plain"),
        ("thing-untagged", "thing.plain"),
    ]
