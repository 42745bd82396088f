"""A companion that is written and switched off is turned on, or stood in for; never doubled."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Profile, Safety
from remediations.plan import combine, plan
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

RULE = "s3-public-access-block-missing"
ONLY = Profile("prod", rules_off=frozenset(rule.id for rule in rules() if rule.id != RULE))
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
SWITCH = 'variable "on" {\n  default = false\n}\n'
BLOCK = (
    'resource "aws_s3_bucket_public_access_block" "b" {{\n  {0}\n  bucket = aws_s3_bucket.b.id\n'
    "  block_public_acls = true\n}}\n"
)


def test_a_plain_switch_is_turned_on(grammar: Grammar) -> None:
    text = BUCKET + SWITCH + BLOCK.format("count = var.on ? 1 : 0")
    codebase = read(text, grammar)
    findings = detect(codebase, ONLY).findings
    after = codebase.with_edits(combine(codebase, findings, ONLY, Safety.REVIEW))
    assert after.documents["main.tf"].source.text == text.replace("false", "true")
    assert detect(after, ONLY).findings == ()


def stood_in(files: dict[str, str], grammar: Grammar) -> str:
    """What is written beside the one that is off; running again changes nothing."""
    codebase = read(files, grammar)
    (fix,) = plan(codebase, detect(codebase, ONLY), ONLY).fixes
    again = codebase.with_edits(fix.edits)
    assert combine(again, detect(again, ONLY).findings, ONLY, Safety.REPLACE) == ()
    assert detect(again, ONLY).findings == ()
    return "".join(edit.text for edit in fix.edits)


OFF = "length(aws_s3_bucket_public_access_block.b) == 0"


@pytest.mark.parametrize(
    "repetition",
    [
        "count = (var.on && true) ? 1 : 0",
        "for_each = var.given",
        "count = 0",
    ],
)
def test_another_is_there_as_long_as_the_one_is_off(repetition: str, grammar: Grammar) -> None:
    given = 'variable "given" {\n  default = {}\n}\n'
    text = BUCKET + SWITCH + given + BLOCK.format(repetition)
    written = stood_in({"main.tf": text}, grammar)
    assert f"  count = {OFF} ? 1 : 0\n\n  bucket = aws_s3_bucket.b.id\n" in written


@pytest.mark.parametrize(
    ("bucket", "said"),
    [
        ("count  = 2", f"count = {OFF} ? 2 : 0\n"),
        ('for_each = toset(["a"])', f"toset([for key in keys(aws_s3_bucket.b) : key if {OFF}])"),
    ],
)
def test_it_is_there_as_often_as_the_bucket(bucket: str, said: str, grammar: Grammar) -> None:
    text = BUCKET.replace("bucket =", f"{bucket}\n  bucket =")
    block = BLOCK.format("count = var.on && true ? 1 : 0").replace("b.id", "b[0].id")
    assert said in stood_in({"main.tf": text + SWITCH + block}, grammar)


def test_one_in_another_file_may_be_stood_in_for(grammar: Grammar) -> None:
    block = BLOCK.format("count = var.on ? 1 : 0")
    assert OFF in stood_in({"main.tf": BUCKET + SWITCH, "access.tf": block}, grammar)


def test_one_in_another_module_is_left_to_a_person(grammar: Grammar) -> None:
    """Its length cannot be asked for from here."""
    call = 'module "close" {\n  source = "./close"\n  b      = aws_s3_bucket.b.id\n}\n'
    block = BLOCK.format("count = 0").replace("aws_s3_bucket.b.id", "var.b")
    files = {"main.tf": BUCKET + call, "close/main.tf": 'variable "b" {}\n' + block}
    codebase = read(files, grammar)
    made = plan(codebase, detect(codebase, ONLY), ONLY)
    assert made.fixes == ()
    assert "switched off" in made.refusals[0].reason


def test_a_switch_that_turns_nothing_on_is_left_to_a_person(grammar: Grammar) -> None:
    codebase = read(BUCKET + SWITCH + BLOCK.format("count = var.on ? 0 : 0"), grammar)
    made = plan(codebase, detect(codebase, ONLY), ONLY)
    assert made.fixes == ()


def test_a_module_that_is_off_by_default_is_judged_as_it_is_once_it_is_on(
    grammar: Grammar,
) -> None:
    call = 'module "lake" {{\n  count  = {}\n  source = "./lake"\n}}\n'
    off = {"main.tf": SWITCH + call.format("var.on ? 1 : 0"), "lake/main.tf": BUCKET}
    codebase = read(off, grammar)
    findings = detect(codebase, ONLY).findings
    assert [finding.location.path for finding in findings] == ["lake/main.tf"]
    after = codebase.with_edits(combine(codebase, findings, ONLY, Safety.REVIEW))
    assert "aws_s3_bucket_public_access_block" in after.documents["lake/main.tf"].source.text
    assert detect(after, ONLY).findings == ()
    never = {**off, "main.tf": call.format("0")}
    assert detect(read(never, grammar), ONLY).findings == ()
