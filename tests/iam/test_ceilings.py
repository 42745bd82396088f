"""Never reported: ceilings, policies of resources, Deny, and what takes nothing but ``*``."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile
from remediations.rule import rules
from remediations.terraform.grammar import Grammar

OF_IAM = frozenset(
    rule.id for rule in rules() if type(rule).__module__.startswith("remediations.rules.iam.")
)
PROFILE = Profile("prod", rules_off=frozenset(rule.id for rule in rules()) - OF_IAM)
ACTIONS = (
    '["s3:*", "dynamodb:GetItem", "sagemaker:CreateTrainingJob", "iam:PassRole", "kms:Decrypt"]'
)
STATEMENT = f'  statement {{\n    actions   = {ACTIONS}\n    resources = ["*"]\n  }}\n'
DOCUMENT = f'data "aws_iam_policy_document" "p" {{\n{STATEMENT}}}\n'
JSON = "data.aws_iam_policy_document.p.json"
POLICY = (
    f'{DOCUMENT}resource "aws_iam_policy" "c" {{\n  name   = "ceiling"\n  policy = {JSON}\n}}\n'
)
ENCODED = (
    f'jsonencode({{ Statement = [{{ Effect = "Allow", Action = {ACTIONS}, Resource = "*" }}] }})'
)
ARN = "aws_iam_policy.c.arn"
TAKES = 'variable "in" {\n  type = any\n}\n\n'


def _role(ceiling: str, more: str = "") -> str:
    return (
        f'resource "aws_iam_role" "r" {{\n  assume_role_policy = "{{}}"\n{more}'
        f"  permissions_boundary = {ceiling}\n}}\n"
    )


def _used(kind: str, argument: str = "policy", value: str = JSON) -> str:
    return f'resource "{kind}" "u" {{\n  {argument} = {value}\n}}\n'


def _called(value: str, inside: str, source: str = "./m", name: str = "in") -> dict[str, str]:
    call = f'module "m" {{\n  source = "{source}"\n  {name} = {value}\n}}\n'
    return {"main.tf": POLICY + call, "m/main.tf": TAKES + inside}


def _looked_up(name: str, value: str) -> str:
    return f'data "aws_iam_policy" "l" {{\n  {name} = {value}\n}}\n'


ACCOUNT = 'data "aws_caller_identity" "c" {}\n'
CEILINGS: dict[str, str | dict[str, str]] = {
    "an ARN": POLICY + _role(ARN),
    "a user's": POLICY + _role(ARN).replace("aws_iam_role", "aws_iam_user"),
    "in a local": POLICY + f"locals {{\n  c = {ARN}\n}}\n" + _role("local.c"),
    "in a map": POLICY + f"locals {{\n  all = {{ c = {ARN} }}\n}}\n" + _role('local.all["c"]'),
    "a choice": POLICY + 'variable "on" {\n  type = bool\n}\n' + _role(f"var.on ? {ARN} : null"),
    "of a loop": POLICY + _role("each.value", f"  for_each = {{ a = {ARN} }}\n"),
    "counted": POLICY.replace("  name", "  count  = 1\n  name") + _role("aws_iam_policy.c[0].arn"),
    "an input": _called(ARN, _role("var.in")),
    "in a map of inputs": _called(f"{{ c = {ARN} }}", _role("var.in.c")),
    "an input by its name": _called(ARN, "", "example/m/any", "permissions_boundary_arn"),
    "an output": {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n' + _role("module.m.arn"),
        "m/main.tf": POLICY + f'output "arn" {{\n  value = {ARN}\n}}\n',
    },
    "an output by its name": POLICY + f'output "boundary_arn" {{\n  value = {ARN}\n}}\n',
    "a literal ARN": POLICY + _role('"arn:aws:iam::111122223333:policy/ceiling"'),
    "an ARN with a path": POLICY + _role('"arn:aws:iam::111122223333:policy/team/ceiling"'),
    "an ARN of parts": POLICY
    + ACCOUNT
    + _role('"arn:aws:iam::${data.aws_caller_identity.c.account_id}:policy/ceiling"'),
    "looked up by name": POLICY
    + _looked_up("name", '"ceiling"')
    + _role("data.aws_iam_policy.l.arn"),
    "looked up by ARN": POLICY
    + _looked_up("arn", '"arn:aws:iam::111122223333:policy/ceiling"')
    + _role("data.aws_iam_policy.l.arn"),
    "of single sign-on": POLICY
    + 'resource "aws_ssoadmin_permissions_boundary_attachment" "x" {\n  permissions_boundary {\n'
    "    customer_managed_policy_reference {\n      name = aws_iam_policy.c.name\n    }\n  }\n}\n",
    "by its own name": POLICY.replace('"ceiling"', '"team-permissions-boundary"'),
    "a ceiling and a policy": POLICY + _role(ARN) + _used("aws_iam_role_policy"),
}
OF_RESOURCES: dict[str, str | dict[str, str]] = {
    "a key": DOCUMENT + _used("aws_kms_key"),
    "a replica": DOCUMENT + _used("aws_kms_replica_key"),
    "a key in a module": _called(JSON, _used("aws_kms_key", value="var.in")),
    "a key of a module's document": {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n' + _used("aws_kms_key", value="module.m.p"),
        "m/main.tf": DOCUMENT + f'output "p" {{\n  value = {JSON}\n}}\n',
    },
    "a repository": DOCUMENT + _used("aws_ecr_repository_policy"),
    "repositories to come": DOCUMENT
    + _used("aws_ecr_repository_creation_template", "repository_policy"),
    "a registry": _used("aws_ecr_registry_policy", value=ENCODED),
    "a file system": DOCUMENT + _used("aws_efs_file_system_policy"),
    "an organization": DOCUMENT + _used("aws_organizations_policy", "content"),
    "an organization, in a module": _called(
        JSON, _used("aws_organizations_policy", "content", "var.in")
    ),
    "an organization, in a local": DOCUMENT
    + f"locals {{\n  scp = {JSON}\n}}\n"
    + _used("aws_organizations_policy", "content", "local.scp"),
}
DENY = STATEMENT.replace("    actions", '    effect    = "Deny"\n    actions')
NOT_ALLOWED: dict[str, str | dict[str, str]] = {
    "a Deny": DOCUMENT.replace(STATEMENT, DENY),
    "a Deny for all but some": DOCUMENT.replace(STATEMENT, DENY).replace(
        "  }\n}",
        '\n    not_principals {\n      type = "AWS"\n      identifiers = ["x"]\n    }\n  }\n}',
    ),
    "a Deny in a local": 'locals {\n  effect = "Deny"\n}\n'
    + DOCUMENT.replace(STATEMENT, DENY.replace('"Deny"', "local.effect")),
    "an effect that is passed in": 'variable "effect" {\n  type = string\n}\n'
    + DOCUMENT.replace(STATEMENT, DENY.replace('"Deny"', "var.effect")),
    "one instance of a Deny": 'data "aws_iam_policy_document" "p" {\n  dynamic "statement" {\n'
    '    for_each = { Deny = ["s3:*"], Allow = ["s3:ListAllMyBuckets"] }\n\n    content {\n'
    "      effect    = statement.key\n      actions   = statement.value\n"
    '      resources = ["*"]\n    }\n  }\n}\n',
    "a made Deny": _used(
        "aws_iam_policy",
        value='jsonencode({ Statement = concat([], [for a in ["s3:*"] : '
        '{ Effect = "Deny", Action = a, Resource = "*" }]) })',
    ),
    "all but some": DOCUMENT.replace("actions  ", "not_actions")
    .replace("Allow", "Deny")
    .replace("    not_actions", '    effect = "Deny"\n    not_actions'),
}
ONLY_EVERYTHING = [
    "cloudwatch:PutMetricData",
    "dynamodb:ListTables",
    "ec2:Describe*",
    "ec2:DescribeSubnets",
    "ecr:GetAuthorizationToken",
    "kms:ListKeys",
    "logs:DescribeLogGroups",
    "rekognition:DetectLabels",
    "s3:ListAllMyBuckets",
    "sagemaker:ListModels",
    "secretsmanager:ListSecrets",
    "ssm:DescribeParameters",
    "sts:GetCallerIdentity",
    "textract:DetectDocumentText",
    "xray:PutTraceSegments",
]


def _found(held: str | dict[str, str], grammar: Grammar) -> list[str]:
    files = {"main.tf": held} if isinstance(held, str) else held
    codebase = Codebase.read({path: text.encode() for path, text in files.items()}, grammar)
    return [one.rule for one in detect(codebase, PROFILE).findings if one.is_known]


@pytest.mark.parametrize("way", CEILINGS)
def test_a_ceiling_gives_nothing(way: str, grammar: Grammar) -> None:
    assert _found(CEILINGS[way], grammar) == []


@pytest.mark.parametrize("of", OF_RESOURCES)
def test_in_a_policy_of_a_resource_everything_is_that_resource(of: str, grammar: Grammar) -> None:
    assert _found(OF_RESOURCES[of], grammar) == []


@pytest.mark.parametrize("form", NOT_ALLOWED)
def test_what_is_denied_is_no_permission(form: str, grammar: Grammar) -> None:
    assert _found(NOT_ALLOWED[form], grammar) == []


@pytest.mark.parametrize("action", ONLY_EVERYTHING)
def test_what_takes_nothing_but_everything_is_left_on_it(action: str, grammar: Grammar) -> None:
    assert _found(DOCUMENT.replace(ACTIONS, f'["{action}"]'), grammar) == []


GIVEN: dict[str, str | dict[str, str]] = {
    "in a module": _called(JSON, _used("aws_iam_role_policy", value="var.in")),
    "out of a module": {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n'
        + _used("aws_iam_role_policy", value="module.m.p"),
        "m/main.tf": DOCUMENT + f'output "p" {{\n  value = {JSON}\n}}\n',
    },
    "beside a ceiling": POLICY.replace("ceiling", "data")
    + _role('"arn:aws:iam::1:policy/ceiling"'),
    "to nobody yet": DOCUMENT,
}


@pytest.mark.parametrize("way", GIVEN)
def test_what_somebody_is_given_is_judged(way: str, grammar: Grammar) -> None:
    assert "iam-s3-resource-wildcard" in _found(GIVEN[way], grammar)
