"""What a bucket said inline and says by resources of its own now is the same debt."""

from __future__ import annotations

import pytest

from remediations.comparison import new_findings
from remediations.detect import detect
from remediations.lineage import Lineage
from remediations.model import Profile
from remediations.subject import under_head_names
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

BARE = 'resource "aws_s3_bucket" "b" {\n  bucket = "acme"\n}\n'
INLINE = (
    'resource "aws_s3_bucket" "b" {\n  bucket = "acme"\n'
    "\n  versioning {\n    enabled = false\n  }\n"
    "\n  server_side_encryption_configuration {\n    rule {\n"
    "      apply_server_side_encryption_by_default {\n"
    '        sse_algorithm = "AES256"\n      }\n    }\n  }\n}\n'
)
VERSIONING = (
    'resource "aws_s3_bucket_versioning" "{0}" {{\n  bucket = aws_s3_bucket.{0}.id\n\n'
    '  versioning_configuration {{\n    status = "Suspended"\n  }}\n}}\n'
)
ENCRYPTION = (
    'resource "aws_s3_bucket_server_side_encryption_configuration" "{0}" {{\n'
    "  bucket = aws_s3_bucket.{0}.id\n\n  rule {{\n"
    "    apply_server_side_encryption_by_default {{\n"
    '      sse_algorithm = "AES256"\n    }}\n  }}\n}}\n'
)
SPLIT = BARE + VERSIONING.format("b") + ENCRYPTION.format("b")
RENAMED = SPLIT.replace('" "b"', '" "c"').replace("bucket.b.id", "bucket.c.id")
MOVED = "moved {\n  from = aws_s3_bucket.b\n  to   = aws_s3_bucket.c\n}\n"


def new(base: dict[str, str], head: dict[str, str], grammar: Grammar) -> list[str]:
    earlier, codebase = read(base, grammar), read(head, grammar)
    before, after = detect(earlier, Profile()), detect(codebase, Profile())
    lineage = Lineage.between(earlier, codebase)
    base_report = under_head_names(before, after, earlier, codebase, lineage)
    assert len(base_report.findings) >= len(before.findings)
    return [one.rule for one in new_findings(after, base_report)]


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({"main.tf": INLINE}, {"main.tf": SPLIT}),
        ({"main.tf": SPLIT}, {"main.tf": INLINE}),
        ({"main.tf": BARE + ENCRYPTION.format("b")}, {"main.tf": SPLIT}),
        ({"main.tf": INLINE}, {"main.tf": RENAMED + MOVED}),
        (
            {"old/main.tf": INLINE + "# x\n" * 3},
            {"old/main.tf": BARE, "old/b.tf": SPLIT[len(BARE) :]},
        ),
    ],
    ids=["split", "joined", "said", "moved", "another-file"],
)
def test_the_same_debt_of_a_bucket_is_not_new(
    base: dict[str, str], head: dict[str, str], grammar: Grammar
) -> None:
    assert [one for one in new(base, head, grammar) if one != "s3-inline-deprecated"] == []


@pytest.mark.parametrize(
    ("base", "head", "brought"),
    [
        (
            INLINE.replace("enabled = false", "enabled = true").replace('"AES256"', '"aws:kms"'),
            SPLIT,
            ["s3-versioning-off"],
        ),
        (INLINE, RENAMED, ["s3-versioning-off", "s3-encryption-not-cmk"]),
        (
            INLINE,
            SPLIT + 'resource "aws_s3_bucket" "d" {\n  bucket = "d"\n}\n' + VERSIONING.format("d"),
            ["s3-versioning-off"],
        ),
    ],
    ids=["was-fine", "another-bucket", "one-more"],
)
def test_what_another_bucket_or_a_change_brings_is_new(
    base: str, head: str, brought: list[str], grammar: Grammar
) -> None:
    found = new({"main.tf": base}, {"main.tf": head}, grammar)
    assert {*brought} <= {*found}
    assert found.count("s3-versioning-off") == 1
