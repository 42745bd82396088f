"""What an edit leaves alone: comments, order, keys, line ends."""

from __future__ import annotations

import pytest

from remediations.terraform.grammar import Grammar

from .policies import BUCKET, OF_DOCUMENT, RULE, read, reasons, report, scoped

COMMENTS = """
data "aws_iam_policy_document" "p" {
  # Everything the nightly job does.
  statement {
    actions = [
      # reading
      "s3:GetObject",
      "s3:ListAllMyBuckets", # the console asks
      "s3:ListBucket",       # for listings

      # signing in
      "ecr:GetAuthorizationToken"
      # the end
    ]
    resources = ["*"] # really
  }
}
"""
COMMENTS_AFTER = """
data "aws_iam_policy_document" "p" {
  # Everything the nightly job does.
  statement {
    actions = [
      "s3:ListAllMyBuckets", # the console asks

      # signing in
      "ecr:GetAuthorizationToken",
      # the end
    ]
    resources = ["*"] # really
  }

  statement {
    actions = [
      # reading
      "s3:GetObject",
      "s3:ListBucket", # for listings
      # the end
    ]
    resources = [aws_s3_bucket.training.arn, "${aws_s3_bucket.training.arn}/*"]
  }
}
"""
LISTED = """
data "aws_iam_policy_document" "p" {
  statement {
    actions = ["s3:GetObject", "s3:ListBucket"]
    resources = [
      # buckets
      "arn:aws:s3:::*",   # every one
      "arn:aws:s3:::*/*", # objects
    ]
  }
}
"""
LISTED_AFTER = """
data "aws_iam_policy_document" "p" {
  statement {
    actions = ["s3:GetObject", "s3:ListBucket"]
    resources = [
      # buckets
      # objects
      aws_s3_bucket.training.arn,
      "${aws_s3_bucket.training.arn}/*", # every one
    ]
  }
}
"""
SHARED = """
data "aws_iam_policy_document" "p" {
  statement {
    actions = [
      "cloudwatch:*", "s3:GetObject",
      "sqs:SendMessage", "s3:ListBucket" # for listings
    ]
    resources = ["*",
    ]
  }
}
"""
SHARED_AFTER = """
data "aws_iam_policy_document" "p" {
  statement {
    actions = [
      "cloudwatch:*",
      "sqs:SendMessage",
    ]
    resources = ["*",
    ]
  }

  statement {
    actions = [
      "s3:GetObject",
      "s3:ListBucket", # for listings
    ]
    resources = [aws_s3_bucket.training.arn, "${aws_s3_bucket.training.arn}/*"]
  }
}
"""
ENDS_BEHIND_MORE = """
data "aws_iam_policy_document" "p" {
  statement {
    actions = [
      "cloudwatch:*", "s3:GetObject",
      "sqs:SendMessage"]
    resources = ["*"]
  }
}
"""
ENDS_BEHIND_MORE_AFTER = """
data "aws_iam_policy_document" "p" {
  statement {
    actions = [
      "cloudwatch:*",
      "sqs:SendMessage",
    ]
    resources = ["*"]
  }

  statement {
    actions = [
      "s3:GetObject",
    ]
    resources = ["${aws_s3_bucket.training.arn}/*"]
  }
}
"""
EMPTY_SIDS = """
data "aws_iam_policy_document" "p" {
  statement {
    sid       = ""
    actions   = ["sqs:SendMessage"]
    resources = ["*"]
  }

  statement {
    sid       = ""
    actions   = ["cloudwatch:*", "s3:GetObject"]
    resources = ["*"]
  }
}
"""
EMPTY_SIDS_AFTER = """
data "aws_iam_policy_document" "p" {
  statement {
    sid       = ""
    actions   = ["sqs:SendMessage"]
    resources = ["*"]
  }

  statement {
    sid       = ""
    actions   = ["cloudwatch:*"]
    resources = ["*"]
  }

  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.training.arn}/*"]
  }
}
"""


def _module(policy: str) -> str:
    return BUCKET + policy + OF_DOCUMENT


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (COMMENTS, COMMENTS_AFTER),
        (LISTED, LISTED_AFTER),
        (SHARED, SHARED_AFTER),
        (ENDS_BEHIND_MORE, ENDS_BEHIND_MORE_AFTER),
        (EMPTY_SIDS, EMPTY_SIDS_AFTER),
    ],
    ids=["split", "list", "several on a line", "an end behind more", "empty Sids"],
)
def test_comments_stay_with_what_they_are_about(
    before: str, after: str, newline: str, grammar: Grammar
) -> None:
    made = scoped(read(_module(before).replace("\n", newline), grammar))
    assert made.documents["main.tf"].source.text == _module(after).replace("\n", newline)


UNPLACEABLE = """
data "aws_iam_policy_document" "p" {
  statement {
    actions = ["s3:GetObject", /* and */ "s3:ListAllMyBuckets",
      "s3:ListBucket"]
    resources = ["*"]
  }
}
"""
BEFORE_COMMA = """
data "aws_iam_policy_document" "p" {
  statement {
    actions = [
      "s3:GetObject" /* reading */ ,
      "s3:ListAllMyBuckets",
    ]
    resources = ["*"]
  }
}
"""
PASSED_IN = """
locals {
  actions = ["s3:GetObject", "s3:ListAllMyBuckets"]
}

data "aws_iam_policy_document" "p" {
  statement {
    actions   = local.actions
    resources = ["*"]
  }
}
"""
OPEN = """
variable "more" {
  type = string
}

data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["s3:GetObject", var.more]
    resources = ["*"]
  }
}
"""
BESIDE = """
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*", "${aws_sqs_queue.jobs.arn}"]
  }
}
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (UNPLACEABLE, "As the statement is written, no edit of it is certain."),
        (BEFORE_COMMA, "a statement of its own"),
        (PASSED_IN, "a statement of its own"),
        (OPEN, "`${var.more}` decides what else"),
        (BESIDE, "names other resources too"),
    ],
    ids=[
        "comments between items",
        "a comment before a comma",
        "a list from elsewhere",
        "an open action",
        "another resource",
    ],
)
def test_what_cannot_be_placed_is_advice(text: str, said: str, grammar: Grammar) -> None:
    start = read(_module(text), grammar)
    assert [finding.rule for finding in report(start).findings] == [RULE]
    assert [said in reason for reason in reasons(start)] == [True]
    assert scoped(start).documents["main.tf"].source.text == _module(text)


def test_a_list_that_is_only_needed_whole_may_come_from_elsewhere(grammar: Grammar) -> None:
    start = read(_module(PASSED_IN.replace(', "s3:ListAllMyBuckets"', "")), grammar)
    text = scoped(start).documents["main.tf"].source.text
    assert "actions   = local.actions" in text
    assert 'resources = ["${aws_s3_bucket.training.arn}/*"]' in text


def test_a_sid_nobody_can_read_is_not_written_twice(grammar: Grammar) -> None:
    text = (
        'data "aws_iam_policy_document" "p" {\n  statement {\n    sid       = var.sid\n'
        '    actions   = ["s3:GetObject", "s3:CreateJob"]\n    resources = ["*"]\n  }\n}\n'
    )
    made = scoped(read(_module(text), grammar)).documents["main.tf"].source.text
    assert made.count(" sid ") == 1
    assert made.count("statement {") == 2
