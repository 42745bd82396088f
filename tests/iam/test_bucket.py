"""Which bucket is meant, and when nobody can say."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Profile
from remediations.terraform.grammar import Grammar

from .policies import BUCKET, one, read, reasons, report, scoped, unused, write

POLICY = write("document", one("s3:GetObject"))
UNUSED = unused("document", one("s3:GetObject"))
ONLY_ONE = (
    "`aws_s3_bucket.training` is the only data bucket of this module. That may not be all: name "
    "the ARN of each bucket that is needed. If that is all, write "
    '`["${aws_s3_bucket.training.arn}/*"]`.'
)


def test_the_only_one_is_said_and_not_named(grammar: Grammar) -> None:
    start = read(UNUSED, grammar)
    assert reasons(start) == [ONLY_ONE]
    assert scoped(start).documents == start.documents


@pytest.mark.parametrize(
    "beside",
    [
        'resource "aws_s3_bucket" "access_logs" {\n  bucket = "acme-access-logs"\n}\n',
        'resource "aws_s3_bucket" "tf" {\n  bucket = "acme-tfstate"\n}\n',
        'resource "aws_s3_bucket" "b" {\n  bucket = "x"\n\n  website {\n    index_document = "i"\n'
        "  }\n}\n",
        'resource "aws_s3_bucket" "sink" {\n  bucket = "x"\n}\n\nresource "aws_lb" "l" {\n'
        "  access_logs {\n    bucket = aws_s3_bucket.sink.id\n  }\n}\n",
        'data "aws_s3_bucket" "tfstate" {\n  bucket = "state"\n}\n',
        'variable "log_bucket_name" {\n  type = string\n}\n',
        'variable "bucket_prefix" {\n  type = string\n}\n',
        'module "network" {\n  source = "./network"\n}\n',
    ],
    ids=["logs", "state", "website", "lb", "data-state", "var-logs", "var-prefix", "module"],
)
def test_what_holds_no_data_is_not_meant(beside: str, grammar: Grammar) -> None:
    assert reasons(read(UNUSED + "\n" + beside, grammar)) == [ONLY_ONE]
    start = read(POLICY + "\n" + beside, grammar)
    assert '"${aws_s3_bucket.training.arn}/*"' in scoped(start).documents["main.tf"].source.text


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ('resource "aws_s3_bucket" "raw" {\n  bucket = "r"\n}\n', "`aws_s3_bucket.raw`"),
        ('data "aws_s3_bucket" "raw" {\n  bucket = "r"\n}\n', "`data.aws_s3_bucket.raw`"),
        ('variable "models_bucket_arn" {\n  type = string\n}\n', "`var.models_bucket_arn`"),
        (
            'module "models" {\n  source = "terraform-aws-modules/s3-bucket/aws"\n}\n',
            "`module.models`",
        ),
    ],
    ids=["resource", "data", "variable", "module"],
)
def test_what_else_can_be_meant_is_named(beside: str, said: str, grammar: Grammar) -> None:
    start = read(UNUSED + "\n" + beside, grammar)
    assert [said in reason for reason in reasons(start)] == [True]
    assert scoped(start).documents == start.documents


@pytest.mark.parametrize(
    "door",
    [
        'resource "aws_s3_access_point" "a" {\n  bucket = "r"\n  name   = "a"\n}\n',
        'resource "aws_s3control_access_grant" "a" {\n  permission = "READ"\n}\n',
    ],
    ids=["access point", "grant"],
)
def test_another_door_keeps_what_is_shown_from_being_named(door: str, grammar: Grammar) -> None:
    start = read(POLICY + "\n" + door, grammar)
    assert ["access point" in reason for reason in reasons(start)] == [True]
    assert scoped(start).documents == start.documents


def test_the_name_of_the_declared_bucket_is_no_other_bucket(grammar: Grammar) -> None:
    named = UNUSED.replace('"acme-training"', "local.name")
    given = (
        'locals {\n  name = "acme-${var.bucket_name}"\n}\n\n'
        'variable "bucket_name" {\n  type = string\n}\n'
    )
    assert reasons(read(named + "\n" + given, grammar)) == [ONLY_ONE]


def test_without_a_bucket_the_advice_asks_for_one(grammar: Grammar) -> None:
    start = read(POLICY.removeprefix(BUCKET), grammar)
    assert "No bucket is declared" in reasons(start)[0]
    given = read(POLICY.removeprefix(BUCKET) + 'variable "bucket_arn" {}\n', grammar)
    assert "`var.bucket_arn` may be the bucket" in reasons(given)[0]


def test_several_of_one_bucket_are_not_chosen_from(grammar: Grammar) -> None:
    counted = POLICY.replace('bucket = "acme-training"', 'count  = 2\n  bucket = "a"')
    assert "stands for several" in reasons(read(counted, grammar))[0]


def test_a_reference_is_never_a_cycle(grammar: Grammar) -> None:
    """The bucket's replication role needs the policy, so the policy cannot need the bucket."""
    text = (
        'resource "aws_s3_bucket" "training" {\n  bucket = "t"\n\n  replication_configuration {\n'
        "    role = aws_iam_role.r.arn\n  }\n}\n\n"
        'resource "aws_iam_role" "r" {\n  assume_role_policy = jsonencode({ '
        'Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", '
        'Principal = { Service = "sagemaker.amazonaws.com" } }] })\n\n  inline_policy {\n'
        '    name = "x"\n    policy = data.aws_iam_policy_document.p.json\n  }\n}\n'
    )
    start = read(text + POLICY.removeprefix(BUCKET), grammar)
    assert [finding.line for finding in (f.location for f in report(start).findings)] == [22]
    assert "would be a cycle" in reasons(start)[0]


def test_advice_names_no_bucket_that_needs_the_role(grammar: Grammar) -> None:
    role = (
        'resource "aws_iam_role" "r" {\n  assume_role_policy = "{}"\n'
        '  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]\n}\n\n'
    )
    bucket = 'resource "aws_s3_bucket" "data" {\n  bucket = "d"\n%s}\n'
    needs = "\n  replication_configuration {\n    role = aws_iam_role.r.arn\n  }\n"
    (free,), (bound,) = (
        [
            one.advice
            for one in detect(read(role + bucket % more, grammar), Profile("prod")).findings
            if one.rule == "iam-s3-full-access"
        ]
        for more in ("", needs)
    )
    assert "`s3:ListBucket` on `aws_s3_bucket.data.arn`" in free
    assert "aws_s3_bucket.data" not in bound
