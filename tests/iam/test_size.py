"""Whoever is told to write more into a policy is told too where AWS takes hardly more."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.iam.size import nearly_full
from remediations.iam.statements import policies
from remediations.model import Profile
from remediations.plan import plan
from remediations.rule import rules
from remediations.terraform.grammar import Grammar

from .policies import SHOWN, costs, read

BUCKET = 'resource "aws_s3_bucket" "training" {\n  bucket = "acme-training"\n}\n\n'
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LIMITS = {
    "aws_iam_policy": ("", 6_144),
    "aws_iam_role_policy": ('role   = "job"', 10_240),
    "aws_iam_user_policy": ('user   = "ann"', 2_048),
    "aws_iam_group_policy": ('group  = "team"', 5_120),
}
NEARLY = "characters of the {:,} that AWS takes, so there is little room left."


def _open(filler: int) -> str:
    """A policy with one statement to scope, and so many characters in another one."""
    return (
        "jsonencode({\n    Statement = [\n"
        '      { Effect = "Allow", Action = "s3:PutObject", Resource = "*" },\n'
        '      { Effect = "Allow", Action = "s3:GetObject", '
        'Resource = "${aws_s3_bucket.training.arn}/*" },\n'
        f'      {{ Effect = "Deny", Action = "sqs:{"x" * filler}", Resource = "q" }},\n'
        "    ]\n  })"
    )


def _policy(kind: str, name: str, filler: int) -> str:
    of, _ = LIMITS[kind]
    return f'resource "{kind}" "{name}" {{\n  {of}\n  policy = {_open(filler)}\n}}\n\n'


def _warnings(codebase: Codebase, address: str) -> list[str]:
    module = codebase.modules[0]
    resource = module.resource(address)
    assert resource is not None
    return [*nearly_full(policies(resource, module)[0], resource, ("a",), module)]


@pytest.mark.parametrize("kind", ["aws_iam_policy", "aws_iam_role_policy"])
def test_from_four_fifths_on_the_cost_says_so(kind: str, grammar: Grammar) -> None:
    limit = LIMITS[kind][1]
    around = (
        BUCKET
        + SHOWN
        + (
            'resource "aws_iam_role_policy_attachment" "p" {\n  role       = aws_iam_role.job.id\n'
            "  policy_arn = aws_iam_policy.p.arn\n}\n\n"
        )
    )
    own = 'role   = "job"', "role   = aws_iam_role.job.id"
    empty = read(around + _policy(kind, "p", 0).replace(*own), grammar)
    assert "AWS takes" not in " ".join(costs(empty))
    (nearly,) = costs(read(around + _policy(kind, "p", limit * 8 // 10).replace(*own), grammar))
    assert NEARLY.format(limit) in nearly


@pytest.mark.parametrize("kind", LIMITS)
def test_each_kind_of_policy_has_its_own_room(kind: str, grammar: Grammar) -> None:
    limit = LIMITS[kind][1]
    (said,) = _warnings(read(_policy(kind, "p", limit * 8 // 10), grammar), f"{kind}.p")
    assert NEARLY.format(limit) in said


@pytest.mark.parametrize("kind", LIMITS)
def test_below_four_fifths_nothing_is_said(kind: str, grammar: Grammar) -> None:
    limit = LIMITS[kind][1]
    assert _warnings(read(_policy(kind, "p", limit * 8 // 10 - 600), grammar), f"{kind}.p") == []


def test_all_inline_policies_of_a_role_count_together(grammar: Grammar) -> None:
    half = _policy("aws_iam_role_policy", "p", 5_000) + _policy("aws_iam_role_policy", "q", 4_000)
    (said,) = _warnings(read(half, grammar), "aws_iam_role_policy.p")
    assert said.startswith('The policies in `"job"` then have about 9,')
    other = half.replace('role   = "job"', 'role   = "other"', 1)
    assert _warnings(read(other, grammar), "aws_iam_role_policy.p") == []


def test_managed_policies_count_alone(grammar: Grammar) -> None:
    two = _policy("aws_iam_policy", "p", 3_000) + _policy("aws_iam_policy", "q", 4_000)
    assert _warnings(read(two, grammar), "aws_iam_policy.p") == []


@pytest.mark.parametrize(
    ("user", "limit"),
    [
        ("", 6_144),
        ('resource "aws_iam_policy" "u" {\n  policy = DOCUMENT\n}\n', 6_144),
        ('resource "aws_iam_role" "u" {\n  assume_role_policy = DOCUMENT\n}\n', 2_048),
        ('resource "aws_iam_user_policy" "u" {\n  user = "ann"\n  policy = DOCUMENT\n}\n', 2_048),
        (
            'resource "aws_iam_role" "u" {\n  inline_policy {\n    policy = DOCUMENT\n  }\n}\n',
            10_240,
        ),
    ],
    ids=["nowhere", "managed", "trust", "of a user", "inline in a role"],
)
def test_a_document_has_the_room_of_what_it_is_used_in(
    user: str, limit: int, grammar: Grammar
) -> None:
    def document(filler: int) -> Codebase:
        statement = f'  statement {{\n    actions = ["s3:{"x" * filler}"]\n  }}\n'
        text = f'data "aws_iam_policy_document" "p" {{\n{statement}}}\n'
        return read(text + user.replace("DOCUMENT", "data.aws_iam_policy_document.p.json"), grammar)

    address = "data.aws_iam_policy_document.p"
    (said,) = _warnings(document(limit * 8 // 10), address)
    assert NEARLY.format(limit) in said
    assert _warnings(document(limit * 8 // 10 - 400), address) == []


ROLE = """
resource "aws_iam_role" "job" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "sagemaker.amazonaws.com" }
      },
      { Effect = "Deny", Action = "sts:TagSession", Principal = "*", Sid = "FILLER" },
    ]
  })
}
"""
PASSES = """
resource "aws_iam_role_policy" "starter" {
  role = "starter"
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "iam:PassRole", Resource = "${aws_iam_role.job.arn}" },
      { Effect = "Deny", Action = "sqs:*", Resource = "q", Sid = "FILLER" },
    ]
  })
}
"""
DENIES = """
data "aws_iam_policy_document" "data" {
  statement {
    sid       = "FILLER"
    effect    = "Deny"
    actions   = ["s3:PutBucketPolicy"]
    resources = ["${aws_s3_bucket.training.arn}"]
  }
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.training.id
  policy = data.aws_iam_policy_document.data.json
}
"""
PUBLIC = """
resource "KIND" "q" {
  NAMEpolicy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "ACTION", Principal = "*", Resource = "*" },
      { Effect = "Deny", Action = "ACTION", Principal = "*", Resource = "*", Sid = "FILLER" },
    ]
  })
}
"""


REGION = """
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "ecs:RunTask", Resource = "*" },
      { Effect = "Deny", Action = "sqs:*", Resource = "q", Sid = "FILLER" },
    ]
  })
}
"""


def _public(kind: str, action: str, name: str = "") -> str:
    return PUBLIC.replace("KIND", kind).replace("ACTION", action).replace("NAME", name)


@pytest.mark.parametrize(
    ("rule", "limit", "text"),
    [
        ("iam-trust-confused-deputy", 2_048, ROLE),
        ("iam-passrole-no-service", 10_240, ROLE + PASSES),
        ("s3-tls-not-required", 20_480, BUCKET + DENIES),
        ("s3-policy-public-principal", 20_480, _public("aws_s3_bucket_policy", "s3:GetObject")),
        ("sqs-policy-public", 8_192, _public("aws_sqs_queue", "sqs:SendMessage", 'name = "q"\n  ')),
        ("kms-policy-any-principal", 32_768, _public("aws_kms_key", "kms:Decrypt")),
        ("iam-any-region", 6_144, REGION),
    ],
)
def test_every_edit_that_makes_a_policy_longer_says_so(
    rule: str, limit: int, text: str, grammar: Grammar
) -> None:
    alone = Profile("prod", rules_off=frozenset(one.id for one in rules()) - {rule})

    def said(filler: int) -> str:
        codebase = read(text.replace("FILLER", "x" * filler), grammar)
        fixes = plan(codebase, detect(codebase, alone), alone).fixes
        assert fixes
        return " ".join(fix.cost for fix in fixes)

    assert NEARLY.format(limit) in said(limit * 8 // 10)
    assert "AWS takes" not in said(limit * 8 // 10 - 900)
