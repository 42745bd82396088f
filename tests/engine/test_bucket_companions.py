"""A bare bucket gets everything that belongs to it at once, and nothing is left to say."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Profile, Safety
from remediations.plan import combine, plan
from remediations.rule import find_rule
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

BARE = 'resource "aws_s3_bucket" "{0}" {{\n  bucket = "acme-{0}"\n}}\n'
PROD = Profile("prod")


def test_one_fix_a_level_brings_all_companions(grammar: Grammar) -> None:
    codebase = read(BARE.format("training"), grammar)
    report = detect(codebase, PROD)
    made = plan(codebase, report, PROD)
    levels = [fix.safety for fix in made.fixes]
    assert sorted(level.value for level in levels) == ["review", "safe"]
    assert sum(len(fix.findings) for fix in made.fixes) == len(report.findings) >= 6
    assert made.refusals == ()


def test_two_buckets_share_one_key_and_one_bucket_for_logs(grammar: Grammar) -> None:
    codebase = read(BARE.format("training") + "\n" + BARE.format("models"), grammar)
    findings = detect(codebase, PROD).findings
    after = codebase.with_edits(combine(codebase, findings, PROD, Safety.REPLACE))
    assert detect(after, PROD).findings == ()
    text = "".join(document.source.text for document in after.documents.values())
    assert text.count('resource "aws_kms_key"') == 1
    assert text.count('bucket_prefix = "access-logs-"') == 1
    assert text.count('data "aws_caller_identity"') == 1
    assert text.count('resource "aws_s3_bucket_logging"') == 2


COMPOSED = """\
resource "aws_s3_bucket" "b" {{
  bucket = "acme-b"
}}

resource "aws_s3_bucket_policy" "b" {{
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.all.json
}}

data "aws_iam_policy_document" "all" {{
  source_policy_documents = {sources}
}}

data "aws_iam_policy_document" "tls" {{
  statement {{
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["${{aws_s3_bucket.b.arn}}/*"]

    condition {{
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }}
  }}
}}

variable "more" {{}}
"""
TLS = "data.aws_iam_policy_document.tls.json"


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (f"[{TLS}]", []),
        (f'compact([true ? {TLS} : "", var.more])', []),
        (f'compact([false ? {TLS} : ""])', [True]),
        ("[]", [True]),
        ("[var.more]", [False]),
        ('[file("tls.json")]', [False]),
    ],
)
def test_a_policy_is_all_the_documents_it_is_made_of(
    sources: str, said: list[bool], grammar: Grammar
) -> None:
    """Where one of them hides, nobody can say that plain HTTP is not refused."""
    rule = find_rule("s3-tls-not-required")
    codebase = read(COMPOSED.format(sources=sources), grammar)
    assert [one.is_known for one in detect(codebase, PROD, only=[rule]).findings] == said
