"""Where ``*`` is an error, and where it means something else."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.terraform.grammar import Grammar

from .policies import S, one, read, report, unused, write

POLICY = unused("document", one("s3:GetObject"))
JSON = "data.aws_iam_policy_document.p.json"


@pytest.mark.parametrize(
    "user",
    [
        f'resource "aws_iam_policy" "x" {{\n  policy = {JSON}\n}}\n',
        f'resource "aws_iam_role" "x" {{\n  inline_policy {{\n    policy = {JSON}\n  }}\n}}\n',
        f'resource "aws_ssoadmin_permission_set_inline_policy" "x" {{\n  inline_policy = {JSON}\n'
        "}\n",
        'resource "aws_lambda_function" "x" {\n'
        "  depends_on = [data.aws_iam_policy_document.p]\n}\n",
        f'resource "null_resource" "x" {{\n  triggers = {{ p = {JSON} }}\n}}\n',
        f'output "p" {{\n  value = {JSON}\n}}\n',
        "",
    ],
    ids=["policy", "inline", "sso", "depends_on", "triggers", "output", "nothing"],
)
def test_a_policy_of_an_identity_is_judged(user: str, grammar: Grammar) -> None:
    assert len(report(read(POLICY + "\n" + user, grammar)).findings) == 1


@pytest.mark.parametrize(
    "user",
    [
        f'resource "aws_kms_key" "x" {{\n  policy = {JSON}\n}}\n',
        f'resource "aws_ecr_repository_policy" "x" {{\n  policy = {JSON}\n}}\n',
        f'resource "aws_s3_bucket_policy" "x" {{\n  policy = {JSON}\n}}\n',
        f'resource "aws_organizations_policy" "x" {{\n  content = {JSON}\n}}\n',
        f'resource "aws_vpc_endpoint" "x" {{\n  policy = {JSON}\n}}\n',
        f'resource "aws_iam_role" "x" {{\n  assume_role_policy = {JSON}\n}}\n',
        f'resource "aws_iam_policy" "c" {{\n  policy = {JSON}\n}}\n\n'
        'resource "aws_iam_role" "x" {\n  permissions_boundary = aws_iam_policy.c.arn\n}\n',
        'data "aws_iam_policy_document" "all" {\n'
        f"  source_policy_documents = [{JSON}]\n}}\n\n"
        'resource "aws_kms_key" "x" {\n  policy = data.aws_iam_policy_document.all.json\n}\n',
    ],
    ids=["key", "ecr", "bucket", "scp", "endpoint", "trust", "boundary", "merged"],
)
def test_a_policy_that_means_something_else_is_left_alone(user: str, grammar: Grammar) -> None:
    assert report(read(POLICY + "\n" + user, grammar)).findings == ()


def test_a_role_that_another_one_trusts_is_judged(grammar: Grammar) -> None:
    text = unused("jsonencode", one("s3:GetObject")).replace("aws_iam_role_policy", "aws_iam_role")
    trusting = (
        'resource "aws_iam_role" "x" {\n'
        "  assume_role_policy = jsonencode({ who = aws_iam_role.p.arn })\n}\n"
    )
    inline = text.replace("  policy = ", "  inline_policy {\n  policy = ").replace(
        "  })\n", "  })\n  }\n"
    )
    assert len(report(read(inline + "\n" + trusting, grammar)).findings) == 1


@pytest.mark.parametrize("form", ["document", "jsonencode"])
def test_a_deny_is_never_a_finding(form: str, grammar: Grammar) -> None:
    assert report(read(write(form, S(("s3:*",), effect="Deny")), grammar)).findings == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('Action = ["s3:GetObject"]', 'NotAction = ["iam:*"]'),
        ('Resource = "*"', 'NotResource = "arn:aws:s3:::secret/*"'),
        ('Resource = "*"', 'Principal = "*", Resource = "*"'),
        ('Effect = "Allow"', "Effect = var.effect"),
    ],
)
def test_statements_of_another_kind_are_left_alone(old: str, new: str, grammar: Grammar) -> None:
    text = write("jsonencode", one("s3:GetObject"))
    assert old in text
    assert report(read(text.replace(old, new), grammar)).findings == ()


def test_a_dynamic_principal_is_a_principal(grammar: Grammar) -> None:
    dynamic = (
        '\n    dynamic "principals" {\n      for_each = var.p\n      content {\n'
        '        type        = "AWS"\n        identifiers = [principals.value]\n      }\n    }\n'
    )
    text = POLICY.replace('    resources = ["*"]\n', '    resources = ["*"]\n' + dynamic)
    assert report(read(text, grammar)).findings == ()


CEILING = """
resource "aws_s3_bucket" "training" {
  bucket = "acme-training"
}

resource "aws_iam_policy" "ceiling" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}

module "role" {
  source = "SOURCE"
  ARGUMENT = aws_iam_policy.ceiling.arn
}
"""
CHILD = """
variable "policy" {
  type = string
}

resource "aws_iam_role" "r" {
  assume_role_policy = "{}"
  USE
}
"""


@pytest.mark.parametrize(
    ("source", "argument", "use", "count"),
    [
        ("./role", "policy", "permissions_boundary = var.policy", 0),
        ("./role", "policy", "managed_policy_arns = [var.policy]", 1),
        ("example/role/any", "permissions_boundary_arn", "", 0),
        ("example/role/any", "policy_arn", "", 1),
    ],
    ids=["a boundary inside", "no boundary", "a boundary by name", "no boundary by name"],
)
def test_a_boundary_of_a_module_is_left_alone(
    source: str, argument: str, use: str, count: int, grammar: Grammar
) -> None:
    main = CEILING.replace("SOURCE", source).replace("ARGUMENT", argument)
    files = {"main.tf": main, "role/main.tf": CHILD.replace("USE", use)}
    start = Codebase.read({path: text.encode() for path, text in files.items()}, grammar)
    assert len(report(start).findings) == count
