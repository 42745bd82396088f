"""A companion that is written and switched off is turned on, or left to a person; never doubled."""

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


@pytest.mark.parametrize(
    "repetition",
    [
        "count = (var.on && true) ? 1 : 0",
        "count = var.on ? 0 : 0",
        "for_each = var.given",
        "count = 0",
    ],
)
def test_everything_else_is_left_to_a_person(repetition: str, grammar: Grammar) -> None:
    given = 'variable "given" {\n  default = {}\n}\n'
    codebase = read(BUCKET + SWITCH + given + BLOCK.format(repetition), grammar)
    report = detect(codebase, ONLY)
    made = plan(codebase, report, ONLY)
    assert len(report.findings) == 1
    assert made.fixes == ()


def test_one_in_another_file_is_left_to_a_person(grammar: Grammar) -> None:
    block = BLOCK.format("count = var.on ? 1 : 0")
    codebase = read({"main.tf": BUCKET + SWITCH, "access.tf": block}, grammar)
    made = plan(codebase, detect(codebase, ONLY), ONLY)
    assert made.fixes == ()
    assert "switched off" in made.refusals[0].reason
