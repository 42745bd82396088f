"""What the shapes see: absent, null, nested, several, dynamic, and what they write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Violation
from remediations.shapes import (
    RequireAtLeast,
    RequireBlock,
    RequireFalse,
    RequireKey,
    RequireSet,
    RequireTrue,
    RequireValue,
)
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

ALIKE = Severities(Severity.LOW, Severity.LOW, Severity.LOW)
OFFER = Offer(Safety.SAFE, "Mend it", "In place.")


class Encrypted(RequireTrue):
    id = "encrypted"
    title = "Not encrypted"
    resources = ("thing",)
    severity = ALIKE
    path = "disk.encrypted"
    message = "Open."
    decides = "whether the disk can be read"
    offer = OFFER
    beside: ClassVar[Mapping[str, str]] = {"size": "8"}


class Private(RequireFalse):
    id = "private"
    title = "Public"
    resources = ("thing",)
    severity = ALIKE
    path = "public"
    message = "Open."
    decides = "who may read"
    offer = OFFER
    absent_is = True
    absent_since: ClassVar[Mapping[int, object]] = {6: False}


class Tokens(RequireValue):
    id = "tokens"
    title = "No tokens"
    resources = ("thing",)
    severity = ALIKE
    path = "tokens"
    message = "Open."
    decides = "what is asked for"
    offer = OFFER
    allowed = ("required", "2")
    absent_is = "optional"


class Kept(RequireAtLeast):
    id = "kept"
    title = "Not kept"
    resources = ("thing",)
    severity = ALIKE
    path = "days"
    message = "Gone."
    decides = "how long it is kept"
    offer = OFFER
    least = 365
    endless = 0
    absent_is = 0


class Guarded(RequireSet):
    id = "guarded"
    title = "Not guarded"
    resources = ("thing",)
    severity = ALIKE
    path = "guard.id"
    message = "Open."
    decides = "what guards it"
    advice = "Choose a guard."


class Keyed(RequireKey):
    id = "keyed"
    title = "No key"
    resources = ("thing",)
    severity = ALIKE
    path = "store.kms_key_id"
    message = "No key."
    offer = Offer(Safety.REVIEW, "Use {key}", "Readers need {key}.")
    only_inside = True


class Recovered(RequireBlock):
    id = "recovered"
    title = "No recovery"
    resources = ("thing",)
    severity = ALIKE
    path = "plan.recovery"
    text = "recovery {\n  enabled = true\n}"
    message = "Lost."
    offer = OFFER


class RecoveredInPlan(Recovered):
    only_inside = True


def judged(rule: Rule, text: str, grammar: Grammar, **more: str) -> list[Violation]:
    files = {"main.tf": f'resource "thing" "a" {{\n{text}}}\n', **more}
    module = read(files, grammar).modules[0]
    return list(rule.judge(module.of_kind("thing")[0], module))


def mended(rule: Rule, text: str, grammar: Grammar, **more: str) -> str:
    codebase = read({"main.tf": f'resource "thing" "a" {{\n{text}}}\n', **more}, grammar)
    module = codebase.modules[0]
    repairs = [violation.repair for violation in rule.judge(module.of_kind("thing")[0], module)]
    intents = [one for repair in repairs if isinstance(repair, Repair) for one in repair.intents]
    assert intents
    after = codebase.with_intents(intents).documents["main.tf"].source.text
    return after.removeprefix('resource "thing" "a" {\n').removesuffix("}\n")


DISK = "  disk {\n    size      = 8\n    encrypted = true\n  }\n"


@pytest.mark.parametrize("text", ["", "  other = 1\n"])
def test_a_missing_block_is_written_with_what_it_needs(text: str, grammar: Grammar) -> None:
    assert mended(Encrypted(), text, grammar) == text + ("\n" if text else "") + DISK


def test_each_block_is_judged_and_mended_on_its_own(grammar: Grammar) -> None:
    text = "  disk {\n    encrypted = false\n  }\n  disk {\n    size = 1\n  }\n" + DISK
    violations = judged(Encrypted(), text, grammar)
    assert [violation.statement for violation in violations] == ["", ".1"]
    after = mended(Encrypted(), text, grammar)
    assert after.count("encrypted = true") == 3
    assert judged(Encrypted(), after, grammar) == []
    assert "size      = 1" in after


@pytest.mark.parametrize("value", ["true", '"true"', "(true)"])
def test_a_true_flag_is_silent(value: str, grammar: Grammar) -> None:
    assert judged(Encrypted(), f"  disk {{\n    encrypted = {value}\n  }}\n", grammar) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("  disk {\n    encrypted = var.given\n  }\n", "`var.given` has no default"),
        ('  dynamic "disk" {\n    for_each = [1]\n  }\n', "a dynamic block writes `disk`"),
        ("  disk = var.disks\n", "an expression writes `disk`"),
    ],
)
def test_what_cannot_be_read_is_unknown_and_gets_no_edit(
    text: str, reason: str, grammar: Grammar
) -> None:
    variables = {"v.tf": 'variable "given" {}\n\nvariable "disks" {}\n'}
    (violation,) = judged(Encrypted(), text, grammar, **variables)
    assert violation.unknown is not None
    assert violation.unknown.startswith(reason)
    assert isinstance(violation.repair, Advice)
    assert "`true`" in violation.repair.text


def test_a_static_block_beside_a_dynamic_one_is_judged_too(grammar: Grammar) -> None:
    text = '  disk {\n    size = 1\n  }\n\n  dynamic "disk" {\n    for_each = [1]\n  }\n'
    violations = judged(Encrypted(), text, grammar)
    assert [violation.unknown is None for violation in violations] == [True, False]


def test_blocks_written_as_arguments_are_read(grammar: Grammar) -> None:
    assert judged(Encrypted(), "  disk = [{ encrypted = true }]\n", grammar) == []
    first, second = judged(Encrypted(), "  disk = [{ encrypted = false }, {}]\n", grammar)
    assert isinstance(first.repair, Repair)
    assert isinstance(second.repair, Advice)
    text = mended(Encrypted(), "  disk = { encrypted = false }\n", grammar)
    assert text == "  disk = { encrypted = true }\n"


@pytest.mark.parametrize(
    ("constraint", "found"),
    [("~> 5.0", [None]), ("~> 6.0", []), (">= 5.0", ["unknown"])],
)
def test_an_absent_argument_is_the_default_of_the_versions_that_are_allowed(
    constraint: str, found: list[str | None], grammar: Grammar
) -> None:
    versions = (
        "terraform {\n  required_providers {\n    aws = {\n"
        f'      version = "{constraint}"\n    }}\n  }}\n}}\n'
    )
    violations = judged(Private(), "", grammar, **{"v.tf": versions})
    assert [violation.unknown and "unknown" for violation in violations] == found


def test_null_is_absent_and_false_is_private(grammar: Grammar) -> None:
    five = {"v.tf": 'terraform {\n  required_providers {\n    aws = "~> 5.0"\n  }\n}\n'}
    assert len(judged(Private(), "  public = null\n", grammar, **five)) == 1
    assert judged(Private(), "  public = false\n", grammar) == []
    assert mended(Private(), "  public = true\n", grammar) == "  public = false\n"


def test_one_of_the_allowed_values(grammar: Grammar) -> None:
    assert judged(Tokens(), '  tokens = "required"\n', grammar) == []
    assert judged(Tokens(), "  tokens = 2\n", grammar) == []
    assert mended(Tokens(), '  tokens = "optional"\n', grammar) == '  tokens = "required"\n'
    assert mended(Tokens(), "", grammar) == '  tokens = "required"\n'


@pytest.mark.parametrize(
    ("value", "fine"), [("365", True), ('"400"', True), ("0", True), ("30", False), ('"x"', True)]
)
def test_a_number_has_a_bound_and_may_have_no_end(
    value: str, *, fine: bool, grammar: Grammar
) -> None:
    assert (judged(Kept(), f"  days = {value}\n", grammar) == []) is fine


def test_a_number_below_is_raised(grammar: Grammar) -> None:
    assert mended(Kept(), "  days = 7\n", grammar) == "  days = 365\n"
    assert judged(Kept(), "", grammar) == []


def test_what_is_passed_in_counts_as_set(grammar: Grammar) -> None:
    variables = {"v.tf": 'variable "given" {}\n'}
    assert judged(Guarded(), "  guard {\n    id = var.given\n  }\n", grammar, **variables) == []
    for text in ("", "  guard {\n  }\n", '  guard {\n    id = ""\n  }\n'):
        (violation,) = judged(Guarded(), text, grammar)
        assert violation.repair == Advice("Choose a guard.")
    (hidden,) = judged(Guarded(), '  dynamic "guard" {\n    for_each = [1]\n  }\n', grammar)
    assert hidden.unknown


def test_a_key_is_asked_for_only_where_there_is_a_store(grammar: Grammar) -> None:
    key = {"kms.tf": 'resource "aws_kms_key" "ml" {\n  description = "x"\n}\n'}
    assert judged(Keyed(), "", grammar, **key) == []
    (violation,) = judged(Keyed(), "  store {\n  }\n", grammar, **key)
    assert isinstance(violation.repair, Repair)
    assert violation.repair.title == "Use `aws_kms_key.ml.arn`"
    text = mended(Keyed(), '  store {\n    kms_key_id = ""\n  }\n', grammar, **key)
    assert text == "  store {\n    kms_key_id = aws_kms_key.ml.arn\n  }\n"
    assert judged(Keyed(), text, grammar, **key) == []
    (hidden,) = judged(Keyed(), '  dynamic "store" {\n    for_each = [1]\n  }\n', grammar, **key)
    assert hidden.unknown


def test_a_block_is_written_within_what_is_missing_around_it(grammar: Grammar) -> None:
    whole = "  plan {\n    recovery {\n      enabled = true\n    }\n  }\n"
    assert mended(Recovered(), "", grammar) == whole
    assert mended(Recovered(), "  plan {\n  }\n", grammar) == whole
    assert judged(Recovered(), whole, grammar) == []
    assert judged(RecoveredInPlan(), "", grammar) == []
    assert mended(RecoveredInPlan(), "  plan {\n  }\n", grammar) == whole
    (hidden,) = judged(
        Recovered(),
        '  plan {\n    dynamic "recovery" {\n      for_each = [1]\n    }\n  }\n',
        grammar,
    )
    assert hidden.unknown == "a dynamic block writes `recovery`"


@pytest.mark.parametrize("rule", [Encrypted(), Recovered()], ids=lambda rule: rule.id)
def test_no_block_is_written_beside_a_dynamic_one_that_writes_none(
    rule: Rule, grammar: Grammar
) -> None:
    type = rule.path.split(".")[0] if isinstance(rule, Encrypted | Recovered) else ""
    text = f'  dynamic "{type}" {{\n    for_each = var.off\n    content {{}}\n  }}\n'
    variables = {"v.tf": 'variable "off" {\n  default = []\n}\n'}
    (violation,) = judged(rule, text, grammar, **variables)
    assert violation.unknown is None
    assert isinstance(violation.repair, Advice)
    assert "writes none" in violation.repair.text
