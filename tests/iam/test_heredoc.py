"""JSON in heredocs is read as ``jsonencode`` is, and what is no JSON is left alone."""

from __future__ import annotations

import pytest

from remediations.iam.statements import policies
from remediations.terraform.grammar import Grammar

from .policies import BUCKET, RULE, SHOWN, read, report, scoped

BODY = """\
{
  "Statement": [
    {
      "Sid": "A",
      "Effect": "Allow",
      "Action": ["s3:GetObject"],
      "Resource": "arn:aws:s3:::${aws_s3_bucket.training.id}/$${aws:username}/\\u0041*"
    },
    {
      "Effect": "Allow",
      "Action": ${jsonencode(var.actions)},
      "Resource": ["*", "${ var.first }${var.second}"],
      "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    }
  ]
}
"""
ENDS = {"plain": "<<EOF\n{}EOF\n", "indented": "<<-EOF\n{}  EOF\n", "crlf": "<<EOF\r\n{}EOF\r\n"}


def _write(body: str, end: str = "plain") -> str:
    text = body.replace("\n", "\r\n") if end == "crlf" else body
    heredoc = ENDS[end].format(text) if "{}" in ENDS[end] else ""
    role = "  role   = aws_iam_role.job.id\n"
    policy = f'resource "aws_iam_role_policy" "p" {{\n{role}  policy = {heredoc}}}\n'
    return BUCKET + policy + SHOWN


@pytest.mark.parametrize("end", ENDS)
def test_it_says_what_it_would_say_in_jsonencode(end: str, grammar: Grammar) -> None:
    module = read(_write(BODY, end), grammar).modules[0]
    resource = module.of_kind("aws_iam_role_policy")[0]
    (first, second) = policies(resource, module)[0]
    assert first.sid == "A"
    assert [item.text for item in first.actions] == ["s3:GetObject"]
    assert [item.text for item in first.resources] == [
        "arn:aws:s3:::${aws_s3_bucket.training.id}/&{aws:username}/A*"
    ]
    assert not second.actions[0].is_known
    assert second.resources[1].text == "${var.first}${var.second}"
    assert [(one.operator, one.key, one.values) for one in second.tests or ()] == [
        ("stringequals", "aws:sourcevpce", frozenset({"vpce-1"}))
    ]
    text = resource.document.source.text
    assert text[first.resources_at.span.start] == '"' if first.resources_at else False
    assert second.resources_at is not None
    assert resource.document.source.slice(second.resources_at.span).startswith('["*", "${ var')


@pytest.mark.parametrize(
    "body",
    [
        '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*}]}\n',
        '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},]}\n',
        '%{ if true }{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
        "%{ endif }\n",
        '["Statement"]\n',
        "Statement\n",
    ],
    ids=["a quote is missing", "a comma too many", "a directive", "a list", "no JSON"],
)
def test_what_is_no_json_is_skipped(body: str, grammar: Grammar) -> None:
    codebase = read(_write(body), grammar)
    resource = codebase.modules[0].of_kind("aws_iam_role_policy")[0]
    assert policies(resource, codebase.modules[0]) == ()
    assert report(codebase).findings == ()


def test_the_last_item_of_a_list_gets_no_comma(grammar: Grammar) -> None:
    body = (
        '{\n  "Statement": {\n    "Effect": "Allow",\n    "Action": [\n      "s3:GetObject",\n'
        '      "s3:ListBucket"\n    ],\n    "Resource": [\n      "*"\n    ]\n  }\n}\n'
    )
    start = read(_write(body), grammar)
    assert [one.rule for one in report(start).findings] == [RULE]
    assert (
        '"Resource": [\n      "${aws_s3_bucket.training.arn}",\n'
        '      "${aws_s3_bucket.training.arn}/*"\n    ]'
    ) in scoped(start).documents["main.tf"].source.text
