"""A resource that stands for several is named in all its instances, and never without an index."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.iam.narrowing import widens
from remediations.model import Profile, Safety
from remediations.plan import combine
from remediations.rule import rules
from remediations.terraform.grammar import Grammar

from .policies import meaning, read

RULE = "iam-log-group-wildcard"
PROFILE = Profile("prod", rules_off=frozenset(r.id for r in rules() if r.id != RULE))
FUNCTIONS = """
resource "aws_iam_role" "f" {
  assume_role_policy = "{}"
}

resource "aws_cloudwatch_log_group" "g" {
  REPEATED
  name = "/aws/lambda/${NAME}"
}

resource "aws_lambda_function" "l" {
  REPEATED
  function_name = NAME
  role          = aws_iam_role.f.arn
}
"""
POLICY = """
resource "aws_iam_role_policy" "p" {
  role = aws_iam_role.f.id
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = ACTIONS, Resource = RESOURCE },
    ]
  })
}
"""
SEVERAL = {
    "for_each": ('for_each = toset(["a", "b"])', "each.key"),
    "count": ("count = 2", "count.index"),
}
WRITES = '["logs:CreateLogStream", "logs:PutLogEvents"]'


def _module(repeated: str, name: str, resource: str = '"*"', actions: str = WRITES) -> str:
    functions = FUNCTIONS.replace("REPEATED", repeated).replace("NAME", name)
    return functions + POLICY.replace("RESOURCE", resource).replace("ACTIONS", actions)


def _scoped(start: Codebase) -> Codebase:
    edits = combine(start, detect(start, PROFILE).findings, PROFILE, Safety.REVIEW)
    return start.with_edits(edits)


@pytest.mark.parametrize("form", SEVERAL)
def test_all_instances_are_named(form: str, grammar: Grammar) -> None:
    start = read(_module(*SEVERAL[form]), grammar)
    made = _scoped(start)
    groups = '[for group in aws_cloudwatch_log_group.g : "${group.arn}:*"]'
    assert made.documents["main.tf"].source.text == _module(*SEVERAL[form], groups)
    assert [held[2] for held in meaning(made)] == [("${each of aws_cloudwatch_log_group.g.arn}:*",)]
    assert widens(made.modules[0], start.modules[0]) is not None
    assert detect(made, PROFILE).findings == ()


def test_several_arns_of_each_are_one_flat_list(grammar: Grammar) -> None:
    actions = '["logs:DescribeLogStreams", "logs:PutLogEvents"]'
    made = _scoped(read(_module(*SEVERAL["count"], actions=actions), grammar))
    each = '[for group in aws_cloudwatch_log_group.g : [group.arn, "${group.arn}:*"]]'
    assert f"Resource = flatten({each})" in made.documents["main.tf"].source.text
    assert detect(made, PROFILE).findings == ()


def test_what_has_to_stay_gets_a_statement_of_its_own(grammar: Grammar) -> None:
    actions = '["logs:PutLogEvents", "cloudwatch:PutMetricData"]'
    made = _scoped(read(_module(*SEVERAL["for_each"], actions=actions), grammar))
    assert [(held[1], held[2]) for held in meaning(made)] == [
        (("cloudwatch:PutMetricData",), ("*",)),
        (("logs:PutLogEvents",), ("${each of aws_cloudwatch_log_group.g.arn}:*",)),
    ]


@pytest.mark.parametrize(
    ("repeated", "name", "resource"),
    [
        ("count = var.is_on ? 1 : 0", "count.index", '"*"'),
        ("for_each = var.names", "each.key", '"*"'),
        ("count = 2", "count.index", '[\n        # all of them\n        "*",\n      ]'),
    ],
    ids=["perhaps none", "nobody knows", "a comment in the list"],
)
def test_what_may_be_none_or_has_comments_is_left_to_a_person(
    repeated: str, name: str, resource: str, grammar: Grammar
) -> None:
    variables = (
        'variable "is_on" {\n  type = bool\n}\n\nvariable "names" {\n  type = set(string)\n}\n'
    )
    start = read(_module(repeated, name, resource) + variables, grammar)
    (finding,) = detect(start, PROFILE).findings
    assert "Give `logs:CreateLogStream`" in finding.advice


@pytest.mark.parametrize(
    "resource",
    [
        '"${aws_cloudwatch_log_group.g.arn}:*"',
        '[for group in aws_cloudwatch_log_group.g : "${group.arn}:*" if group.name != "x"]',
        '[for name, group in aws_cloudwatch_log_group.g : "${name}:*"]',
        '[for group in aws_cloudwatch_log_group.h : "${group.arn}:*"]',
    ],
    ids=["no index", "a condition", "two names", "not declared"],
)
def test_a_rewrite_that_is_not_all_instances_is_refused(resource: str, grammar: Grammar) -> None:
    start = read(_module(*SEVERAL["for_each"]), grammar).modules[0]
    after = read(_module(*SEVERAL["for_each"], resource), grammar).modules[0]
    assert widens(start, after) is not None


def test_one_instance_is_not_all_of_them(grammar: Grammar) -> None:
    one = '"${aws_cloudwatch_log_group.g["a"].arn}:*"'
    each = '[for group in aws_cloudwatch_log_group.g : "${group.arn}:*"]'
    before, after = (
        read(_module(*SEVERAL["for_each"], text), grammar).modules[0] for text in (one, each)
    )
    assert widens(before, after) is not None
    assert widens(after, before) is not None
