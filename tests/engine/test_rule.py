"""Rules are found because they are there; flags are read as Terraform reads them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from remediations.model import Safety, Severity
from remediations.rule import (
    Advice,
    Repair,
    Severities,
    Violation,
    _kinds,
    find_rule,
    kinds_by_file,
    page,
    rules,
    rules_of,
)
from remediations.shapes import RequireFlags
from remediations.shapes.flags import is_true
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module, Resource
from tests.engine.rules_for_tests import read


class Flags(RequireFlags):
    id = "flags"
    title = "A flag is off"
    resources = ("thing",)
    severity = Severities(Severity.LOW, Severity.LOW, Severity.LOW)
    flags = ("first", "second", "third")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        off = list(self.off(resource, module))
        if off:
            intents = tuple(self.turn_on(resource, off))
            yield Violation(off[0][0], "Off.", Repair(Safety.SAFE, "On", "None.", intents))
        for attribute, unknown in self.unsettled(resource, module):
            advice = Advice("Look.")
            yield Violation(attribute.name, "May be off.", advice, unknown=unknown.reason)


class FlagsOnUnlessSaid(Flags):
    absent_is = True


def judged(text: str, grammar: Grammar, rule: RequireFlags | None = None) -> list[Violation]:
    files = {"main.tf": f'resource "thing" "a" {{\n{text}}}\n', "v.tf": 'variable "given" {}\n'}
    module = read(files, grammar).modules[0]
    return list((rule or Flags()).judge(module.resources[0], module))


def mended(text: str, grammar: Grammar) -> str:
    codebase = read(f'resource "thing" "a" {{\n{text}}}\n', grammar)
    module = codebase.modules[0]
    (violation,) = Flags().judge(module.resources[0], module)
    assert isinstance(violation.repair, Repair)
    after = codebase.with_intents(violation.repair.intents).documents["main.tf"].source.text
    return after.removeprefix('resource "thing" "a" {\n').removesuffix("}\n")


def test_every_rule_is_found_once_and_in_order() -> None:
    ids = [rule.id for rule in rules()]
    assert ids == sorted(ids)
    names = [name for rule in rules() for name in (rule.id, *rule.aliases)]
    assert len(ids) >= 9
    assert len(set(ids)) == len(ids)
    assert set(names) >= {"s3-acl-public", "CKV_AWS_20"}


def test_a_rule_answers_to_its_aliases() -> None:
    assert find_rule("CKV_AWS_20").id == "s3-acl-public"
    assert page("CKV_AWS_20").startswith("# s3-acl-public\n")
    with pytest.raises(LookupError, match="no rule called nonsense"):
        find_rule("nonsense")
    with pytest.raises(LookupError):
        page("../model")


def test_severities_by_environment() -> None:
    severities = Severities(None, Severity.LOW, Severity.HIGH)
    found = [severities.of(name) for name in ("dev", "staging", "prod", "somewhere")]
    assert found == [None, Severity.LOW, Severity.HIGH, Severity.LOW]


@pytest.mark.parametrize(
    ("value", "default", "expected"),
    [
        (True, False, True),
        ("true", False, True),
        ("1", False, True),
        (None, True, True),
        (None, False, False),
        (False, True, False),
        ("false", True, False),
        (1, False, False),
        ((), True, False),
    ],
)
def test_what_counts_as_true(value: object, *, default: bool, expected: bool) -> None:
    assert is_true(value, default=default) is expected


def test_absent_null_and_false_flags_are_off(grammar: Grammar) -> None:
    (violation,) = judged("  second = null\n  third = false\n", grammar)
    assert violation.attribute == "first"
    assert judged("  first = true\n  second = true\n  third = true\n", grammar) == []


def test_absent_flags_are_on_where_the_provider_says_so(grammar: Grammar) -> None:
    assert judged("", grammar, FlagsOnUnlessSaid()) == []
    assert len(judged("  third = false\n", grammar, FlagsOnUnlessSaid())) == 1


def test_an_unknown_flag_is_said_and_not_counted_as_off(grammar: Grammar) -> None:
    (violation,) = judged("  first = true\n  second = var.given\n  third = true\n", grammar)
    assert violation.attribute == "second"
    assert violation.unknown == "`var.given` has no default"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "  first  = false\n  second = false\n  third  = true\n",
            "  first  = true\n  second = true\n  third  = true\n",
        ),
        ("  first = true\n", "  first  = true\n  second = true\n  third  = true\n"),
        (
            "  first = true\n\n  second = true\n",
            "  first = true\n\n  second = true\n  third  = true\n",
        ),
        ("  third = true\n", "  third  = true\n  first  = true\n  second = true\n"),
    ],
)
def test_flags_are_written_in_their_order(before: str, after: str, grammar: Grammar) -> None:
    assert mended(before, grammar) == after


@pytest.mark.parametrize("kind", ["aws_s3_bucket", "data.aws_iam_policy_document", "variable"])
def test_the_rules_of_a_kind_are_those_that_say_so(kind: str) -> None:
    assert rules_of(kind) == tuple(rule for rule in rules() if kind in rule.resources)


def test_a_file_that_the_index_does_not_name_is_found_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The index only spares loading: a rule exists because its file does."""
    monkeypatch.setattr("pkgutil.get_data", lambda *_: b'["s3.s3_acl_public", "aws_nothing"]\n')
    try:
        _kinds.cache_clear()
        assert _kinds() == kinds_by_file()
    finally:
        _kinds.cache_clear()


def test_kinds_that_nobody_judges_load_no_rule() -> None:
    code = (
        "import sys; from remediations.rule import rules_of; assert rules_of('aws_nothing') == ();"
        "assert not any(name.startswith('remediations.rules.s3') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
