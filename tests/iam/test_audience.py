"""Whom a bucket's policy lets in, in every form it is written."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.iam.audience import Audience, audience
from remediations.terraform.grammar import Grammar

NAMED, EVERYBODY, UNKNOWN = Audience.NAMED, Audience.EVERYBODY, Audience.UNKNOWN
ENCODED = {
    'Effect = "Allow", Principal = "*"': EVERYBODY,
    'Effect = "Allow", Principal = { AWS = "*" }': EVERYBODY,
    'Effect = "Allow", Principal = { AWS = ["*", aws_iam_role.r.arn] }': EVERYBODY,
    'Effect = "Allow", NotPrincipal = { AWS = aws_iam_role.r.arn }': UNKNOWN,
    'Effect = "Allow", Principal = { AWS = aws_iam_role.r.arn }': NAMED,
    'Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }': NAMED,
    'Effect = "Allow", Principal = { AWS = var.readers }': UNKNOWN,
    'Effect = "Allow", Principal = { AWS = [for a in var.all : a] }': UNKNOWN,
    'Effect = "Allow", Principal = { AWS = data.aws_ssm_parameter.p.value }': UNKNOWN,
    'Effect = "Allow", Principal = { AWS = data.aws_caller_identity.c.account_id }': NAMED,
    'Effect = "Deny", Principal = "*"': NAMED,
    'Effect = var.effect, Principal = { AWS = "1" }': UNKNOWN,
}


def of(text: str, grammar: Grammar) -> Audience:
    module = Codebase.read({"main.tf": text.encode()}, grammar).modules[0]
    return audience(module.of_kind("aws_s3_bucket_policy")[0], module)


def policy(value: str) -> str:
    return f'resource "aws_s3_bucket_policy" "b" {{\n  bucket = "b"\n  policy = {value}\n}}\n'


@pytest.mark.parametrize(("statement", "expected"), ENCODED.items())
def test_encoded(statement: str, expected: Audience, grammar: Grammar) -> None:
    for written in (f"[{{ {statement} }}]", f"{{ {statement} }}"):
        text = policy(f"jsonencode({{ Statement = {written} }})")
        assert of(text, grammar) is expected


def test_statements_from_elsewhere_are_unknown(grammar: Grammar) -> None:
    for value in ("local.statements", "[local.one]", "concat([], var.more)"):
        assert of(policy(f"jsonencode({{ Statement = {value} }})"), grammar) is UNKNOWN


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ('"*"', EVERYBODY),
        ('{ "AWS": ["*"] }', EVERYBODY),
        ('{ "AWS": "${aws_iam_role.r.arn}" }', NAMED),
        ('{ "AWS": "${var.reader}" }', UNKNOWN),
        ('{ "AWS": "${data.aws_ssm_parameter.p.value}" }', UNKNOWN),
        ('{ "AWS": "${aws_ssm_parameter.p.value}" }', UNKNOWN),
        ('{ "AWS": ${jsonencode(var.readers)} }', UNKNOWN),
        ('{ "AWS": "${upper(var.reader)}" }', UNKNOWN),
    ],
)
def test_heredocs(principal: str, expected: Audience, grammar: Grammar) -> None:
    body = f'{{ "Statement": [{{ "Effect": "Allow", "Principal": {principal} }}] }}'
    assert of(policy(f"<<EOT\n{body}\nEOT"), grammar) is expected


@pytest.mark.parametrize("value", ['file("p.json")', "var.policy", '"[]"', '"{"', '""'])
def test_what_cannot_be_read_is_unknown(value: str, grammar: Grammar) -> None:
    assert of(policy(value), grammar) is UNKNOWN


def test_a_text_that_is_too_deep_is_unknown(grammar: Grammar) -> None:
    for depth in (60, 900, 30_000):
        text = f"<<EOT\n{'[' * depth}{']' * depth}\nEOT"
        assert of(policy(text), grammar) is UNKNOWN


DOCUMENT = """
data "aws_iam_policy_document" "d" {{
  {more}
  statement {{
    actions   = ["s3:GetObject"]
    resources = ["x"]
    {effect}

    principals {{
      type        = "AWS"
      identifiers = [{who}]
    }}
  }}
}}
"""


@pytest.mark.parametrize(
    ("who", "effect", "more", "expected"),
    [
        ('"*"', "", "", EVERYBODY),
        ('"*"', 'effect = "Deny"', "", NAMED),
        ("aws_iam_role.r.arn", "", "", NAMED),
        ("var.reader", "", "", UNKNOWN),
        ("aws_iam_role.r.arn", "", "source_policy_documents = [var.more]", UNKNOWN),
        ("aws_iam_role.r.arn", "", "source_policy_documents = var.more", UNKNOWN),
        (
            "aws_iam_role.r.arn",
            "",
            "source_policy_documents = [data.aws_iam_policy_document.open.json]",
            EVERYBODY,
        ),
        ("aws_iam_role.r.arn", "", 'dynamic "statement" {\n    for_each = []\n  }', UNKNOWN),
    ],
)
def test_documents(who: str, effect: str, more: str, expected: Audience, grammar: Grammar) -> None:
    text = DOCUMENT.format(who=who, effect=effect, more=more)
    held = DOCUMENT.format(who='"*"', effect="", more="").replace('"d"', '"open"')
    user = policy("data.aws_iam_policy_document.d.json")
    assert of(text + held + user, grammar) is expected


def test_a_document_that_merges_itself_ends(grammar: Grammar) -> None:
    more = "source_policy_documents = [data.aws_iam_policy_document.d.json]"
    text = DOCUMENT.format(who='"1"', effect="", more=more)
    assert of(text + policy("data.aws_iam_policy_document.d.json"), grammar) is NAMED


@pytest.mark.parametrize(
    ("value", "who", "expected"),
    [
        ("compact([var.none, data.aws_iam_policy_document.d.json])", "aws_iam_role.r.arn", UNKNOWN),
        ("compact([null, data.aws_iam_policy_document.d.json])", "aws_iam_role.r.arn", NAMED),
        ("local.policy", "aws_iam_role.r.arn", NAMED),
        ("local.policy", '"*"', EVERYBODY),
        ('replace(local.policy, "READER", var.reader)', '"READER"', UNKNOWN),
        ('replace(local.policy, "THERE", var.there)', '"READER"', NAMED),
    ],
)
def test_what_is_put_together(value: str, who: str, expected: Audience, grammar: Grammar) -> None:
    names = "locals {\n  policy = data.aws_iam_policy_document.d.json\n}\n"
    document = DOCUMENT.format(who=who, effect="", more="")
    assert of(names + document + policy(value), grammar) is expected
