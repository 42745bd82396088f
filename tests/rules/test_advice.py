"""When a rule says nothing, or says it without an edit."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Finding, Profile
from remediations.plan import plan
from remediations.rule import rules
from remediations.terraform.grammar import Grammar

SINK = 'resource "aws_s3_bucket" "sink" {\n  bucket = "sink"\n}\n'
SSE = (
    'resource "aws_s3_bucket_server_side_encryption_configuration" "sink" {\n'
    "  bucket = aws_s3_bucket.sink.id\n\n  rule {\n"
    "    apply_server_side_encryption_by_default {\n"
    '      sse_algorithm = "AES256"\n    }\n  }\n}\n'
)


def found(
    rule: str, text: str, grammar: Grammar, **more: str
) -> tuple[tuple[Finding, ...], list[str]]:
    """What is found, and the reasons of what gets no edit."""
    profile = Profile("prod", rules_off=frozenset(r.id for r in rules() if r.id != rule))
    files = {"main.tf": text, **{f"{name}.tf": body for name, body in more.items()}}
    codebase = Codebase.read({path: body.encode() for path, body in files.items()}, grammar)
    report = detect(codebase, profile)
    reasons = [refusal.reason for refusal in plan(codebase, report, profile).refusals]
    return report.findings, reasons


@pytest.mark.parametrize(
    "sender",
    [
        'resource "aws_s3_bucket_acl" "a" {\n  bucket = aws_s3_bucket.sink.id\n'
        '  acl    = "log-delivery-write"\n}\n',
        'resource "aws_s3_bucket" "data" {\n  bucket = "data"\n\n  logging {\n'
        "    target_bucket = aws_s3_bucket.sink.id\n  }\n\n"
        "  server_side_encryption_configuration {}\n}\n",
        'resource "aws_s3_bucket_logging" "l" {\n  target_bucket = aws_s3_bucket.sink.id\n}\n',
        'resource "aws_cloudfront_distribution" "c" {\n  logging_config {\n'
        "    bucket = aws_s3_bucket.sink.bucket_domain_name\n  }\n}\n",
        'resource "aws_elb" "e" {\n  access_logs {\n    bucket = aws_s3_bucket.sink.id\n  }\n}\n',
    ],
    ids=["acl", "inline", "companion", "cloudfront", "elb"],
)
def test_buckets_that_receive_logs_keep_their_encryption(sender: str, grammar: Grammar) -> None:
    assert found("s3-encryption-missing", SINK + sender, grammar)[0] == ()
    assert found("s3-encryption-not-cmk", SINK + SSE + sender, grammar)[0] == ()
    assert found("s3-encryption-missing", SINK, grammar)[0] != ()
    assert found("s3-encryption-not-cmk", SINK + SSE, grammar)[0] != ()


def test_an_inline_acl_for_logs_counts(grammar: Grammar) -> None:
    text = SINK.replace('"sink"\n}', '"sink"\n  acl    = "log-delivery-write"\n}')
    assert found("s3-encryption-missing", text, grammar)[0] == ()


@pytest.mark.parametrize("rule", ["s3-encryption-missing", "s3-encryption-not-cmk"])
@pytest.mark.parametrize("form", ["companion", "inline"])
def test_a_website_is_never_encrypted_with_a_key(rule: str, form: str, grammar: Grammar) -> None:
    if form == "inline":
        site = SINK.replace('"sink"\n}', '"sink"\n\n  website {\n    index_document = "i"\n  }\n}')
    else:
        site = SINK + (
            'resource "aws_s3_bucket_website_configuration" "w" {\n'
            "  bucket = aws_s3_bucket.sink.id\n}\n"
        )
    text = site + (SSE if rule == "s3-encryption-not-cmk" else "")
    findings, reasons = found(rule, text, grammar)
    assert len(findings) == 1
    assert "website endpoint" in reasons[0]


def test_a_dynamic_default_may_be_a_key(grammar: Grammar) -> None:
    block = "apply_server_side_encryption_by_default {\n"
    dynamic = 'dynamic "apply_server_side_encryption_by_default" {\n      for_each = var.x\n'
    assert found("s3-encryption-not-cmk", SINK + SSE.replace(block, dynamic), grammar)[0] == ()


def test_no_key_is_written_beside_a_file_that_could_not_be_read(grammar: Grammar) -> None:
    text = 'resource "aws_sagemaker_notebook_instance" "n" {\n  name = "n"\n}\n'
    _, reasons = found("notebook-no-cmk", text, grammar, broken='resource "x" {')
    assert reasons == ["`broken.tf` could not be read, so a key may be there already."]


def test_each_public_grant_is_a_finding_that_lines_do_not_change(grammar: Grammar) -> None:
    grant = '  grant {\n    uri = "http://acs.amazonaws.com/groups/global/AllUsers"\n  }\n'
    text = SINK.removesuffix("}\n") + grant + grant + "}\n"
    names = [
        {f.fingerprint for f in found("s3-acl-public", t, grammar)[0]} for t in (text, "\n" + text)
    ]
    assert len(names[0]) == 2
    assert names[0] == names[1]


def test_an_access_point_whose_flag_comes_from_elsewhere_is_fixed_there(
    grammar: Grammar,
) -> None:
    text = (
        'variable "open" {\n  default = false\n}\n\nresource "aws_s3_access_point" "a" {\n'
        "  public_access_block_configuration {\n    block_public_acls = var.open\n  }\n}\n"
    )
    findings, reasons = found("s3-public-access-block-off", text, grammar)
    assert reasons == []
    assert [related.location.line for related in findings[0].related] == [2]
