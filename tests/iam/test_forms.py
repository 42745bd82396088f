"""Every form that Terraform writes a policy in: found, led to its role, and scoped where it stands.

There are two buckets, and only the model that runs with the role shows which one is meant: where
the way from the statement to the role is lost, nothing can be scoped.
"""

from __future__ import annotations

import re

import pytest

from remediations.terraform.grammar import Grammar

from .policies import read, report, scoped

AROUND = """resource "aws_s3_bucket" "training" {
  bucket = "acme-training"
}

resource "aws_sagemaker_model" "job" {
  execution_role_arn = aws_iam_role.job.arn

  primary_container {
    model_data_url = "s3://${aws_s3_bucket.training.id}/model.tar.gz"
  }
}

resource "aws_iam_role" "job" {
  assume_role_policy = "{}"
INSIDE}
"""
OTHERS = re.sub("training|job", "other", AROUND).replace("INSIDE", "")
STATEMENT = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'
ENCODED = f"jsonencode({{ Statement = [{STATEMENT}] }})"
HEREDOC = (
    '<<EOF\n{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}\nEOF\n'
)
BLOCK = '  statement {\n    actions   = ["s3:GetObject"]\n    resources = ["*"]\n  }\n'
DYNAMIC = (
    '  dynamic "statement" {\n    for_each = var.more\n\n    content {\n'
    '      actions   = ["s3:GetObject"]\n      resources = ["*"]\n    }\n  }\n'
)
JSON = "data.aws_iam_policy_document.d.json"


def _document(inside: str = BLOCK, name: str = "d") -> str:
    return f'data "aws_iam_policy_document" "{name}" {{\n{inside}}}\n\n'


def _inline(policy: str) -> str:
    return (
        'resource "aws_iam_role_policy" "p" {\n  role   = aws_iam_role.job.id\n'
        f"  policy = {policy}\n}}\n"
    )


def _managed(inside: str, kind: str) -> str:
    policy = f'resource "aws_iam_policy" "p" {{\n  policy = {ENCODED}\n}}\n\n'
    return f'{policy}resource "{kind}" "p" {{\n{inside}}}\n'


FORMS = {
    "jsonencode": _inline(ENCODED),
    "a heredoc": _inline(HEREDOC),
    "a local": f"locals {{\n  p = {ENCODED}\n}}\n\n" + _inline("local.p"),
    "a document": _document() + _inline(JSON),
    "a dynamic statement": 'variable "more" {\n  type = list(string)\n}\n\n'
    + _document(DYNAMIC)
    + _inline(JSON),
    "a source document": _document()
    + _document(f"  source_policy_documents = [{JSON}]\n", "all")
    + _inline("data.aws_iam_policy_document.all.json"),
    "an override document": _document()
    + _document(f"  override_policy_documents = [{JSON}]\n", "all")
    + _inline("data.aws_iam_policy_document.all.json"),
    "an attachment": _managed(
        "  role       = aws_iam_role.job.name\n  policy_arn = aws_iam_policy.p.arn\n",
        "aws_iam_role_policy_attachment",
    ),
    "attachments with for_each": _managed(
        "  for_each   = toset([aws_iam_policy.p.arn])\n  role       = aws_iam_role.job.name\n"
        "  policy_arn = each.value\n",
        "aws_iam_role_policy_attachment",
    ),
    "an attachment to several": _managed(
        '  name       = "p"\n  roles      = [aws_iam_role.job.name]\n'
        "  policy_arn = aws_iam_policy.p.arn\n",
        "aws_iam_policy_attachment",
    ),
    "all attachments of a role": _managed(
        "  role_name   = aws_iam_role.job.name\n  policy_arns = [aws_iam_policy.p.arn]\n",
        "aws_iam_role_policy_attachments_exclusive",
    ),
}
IN_THE_ROLE = {
    "inline_policy": (f"\n  inline_policy {{\n    policy = {ENCODED}\n  }}\n", ""),
    "inline_policy with a document": (
        f"\n  inline_policy {{\n    policy = {JSON}\n  }}\n",
        _document(),
    ),
    "managed_policy_arns": (
        "\n  managed_policy_arns = [aws_iam_policy.m.arn]\n",
        f'resource "aws_iam_policy" "m" {{\n  policy = {ENCODED}\n}}\n',
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_role_says_which_bucket_is_meant(form: str, grammar: Grammar) -> None:
    _is_scoped("\n".join([AROUND.replace("INSIDE", ""), OTHERS, FORMS[form]]), grammar)


@pytest.mark.parametrize("form", IN_THE_ROLE)
def test_so_it_does_where_it_holds_the_policy(form: str, grammar: Grammar) -> None:
    inside, beside = IN_THE_ROLE[form]
    _is_scoped("\n".join([AROUND.replace("INSIDE", inside), OTHERS, beside]), grammar)


def _is_scoped(text: str, grammar: Grammar) -> None:
    start = read(text, grammar)
    assert len(report(start).findings) == 1
    made = scoped(start)
    assert '"${aws_s3_bucket.training.arn}/*"' in made.documents["main.tf"].source.text
    assert report(made).findings == ()


@pytest.mark.parametrize("over", ['toset(["1", "2"])', "var.accounts"], ids=["settled", "not"])
def test_nothing_is_taken_out_of_a_dynamic_block(over: str, grammar: Grammar) -> None:
    """``statement.value`` means nothing outside; within, a list may still be narrowed."""
    made = (
        f'  dynamic "statement" {{\n    for_each = {over}\n\n    content {{\n'
        '      actions   = [ACTIONS]\n      resources = ["*"]\n\n      condition {\n'
        '        test     = "StringEquals"\n        variable = "aws:SourceAccount"\n'
        "        values   = [statement.value]\n      }\n    }\n  }\n"
    )
    accounts = 'variable "accounts" {\n  type = set(string)\n}\n'
    text = AROUND.replace("INSIDE", "") + _document(made) + _inline(JSON) + accounts
    mixed = read(text.replace("ACTIONS", '"s3:GetObject", "sqs:SendMessage"'), grammar)
    (finding,) = report(mixed).findings
    assert finding.advice.startswith("Give `s3:GetObject` a statement of its own")
    _is_scoped(text.replace("ACTIONS", '"s3:GetObject"'), grammar)


@pytest.mark.parametrize("of", ["user", "group"])
def test_users_and_groups_have_policies_too(of: str, grammar: Grammar) -> None:
    """Nothing runs with them, so what another statement names is said, and not named."""
    bucket = 'resource "aws_s3_bucket" "training" {\n  bucket = "acme-training"\n}\n\n'
    named = (
        'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "*" }, '
        '{ Effect = "Allow", Action = "s3:GetObject", '
        'Resource = "${aws_s3_bucket.training.arn}/*" }] })'
    )
    policy = f'resource "aws_iam_{of}_policy" "p" {{\n  {of}   = "x"\n  policy = {named}\n}}\n'
    start = read(bucket + policy, grammar)
    (finding,) = report(start).findings
    assert finding.advice == (
        "Another statement of the same policy names `aws_s3_bucket.training`. That may not be all: "
        "name the ARN of each bucket that is needed. If that is all, write "
        '`["${aws_s3_bucket.training.arn}/*"]`.'
    )
    assert scoped(start).documents["main.tf"].source.text == bucket + policy
