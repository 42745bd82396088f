"""How bad a finding is where resources of one kind differ, and that one cause is told once."""

from __future__ import annotations

import pytest

from bot.review import fingerprints
from bot.verdict import Verdict
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Safety, Severity
from remediations.terraform.grammar import Grammar
from tests.review.reading import Reader

TABLE = 'resource "aws_dynamodb_table" "t" {{\n  name     = "t"\n  hash_key = "{key}"\n}}\n'
RULES = ("dynamodb-no-cmk", "dynamodb-no-pitr")


@pytest.mark.parametrize(
    ("key", "environment", "severity"),
    [
        ("LockID", "dev", Severity.INFO),
        ("LockID", "staging", Severity.LOW),
        ("LockID", "prod", Severity.LOW),
        ("lock_id", "prod", Severity.MEDIUM),
        ("id", "prod", Severity.MEDIUM),
    ],
)
def test_little_is_lost_with_the_locks_of_terraform(
    key: str, environment: str, severity: Severity, grammar: Grammar
) -> None:
    codebase = Codebase.read({"main.tf": TABLE.format(key=key).encode()}, grammar)
    found = detect(codebase, Profile(environment)).findings
    assert {finding.rule: finding.severity for finding in found} == dict.fromkeys(RULES, severity)
    assert all(("Terraform's locks" in f.message) is (key == "LockID") for f in found)


def test_a_table_of_locks_is_one_comment_and_fails_nothing(grammar: Grammar) -> None:
    review = Reader(grammar, Profile("prod")).review({}, {"main.tf": TABLE.format(key="LockID")})
    (comment,) = review.comments
    assert len(fingerprints(comment.body)) == len(RULES)
    assert review.verdict is Verdict.PASSED


def test_a_bucket_without_companions_is_one_comment_with_one_fix_a_level(grammar: Grammar) -> None:
    bare = {"main.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'}
    review = Reader(grammar, Profile("prod")).review({}, bare)
    (comment,) = review.comments
    assert len(fingerprints(comment.body)) == 6
    fixes = [remark.fix for remark in review.remarks if remark.fix]
    assert [len(fix.findings) for fix in fixes] == [3, 3]
    assert {fix.safety for fix in fixes} == {Safety.SAFE, Safety.REVIEW}
