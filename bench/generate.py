"""Terraform to measure on: seeded, so that every run sees the same text."""

from __future__ import annotations

import random

PER_MODULE = 20

_BUCKET = """\
resource "aws_s3_bucket" "{name}" {{
  bucket = "acme-{name}"

  tags = {{
    team  = "fraud"
    stage = var.stage
  }}
}}

resource "aws_s3_bucket_public_access_block" "{name}" {{
  bucket = aws_s3_bucket.{name}.id

  block_public_acls       = {flag}
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}}
"""
_POLICY = """\
data "aws_iam_policy_document" "{name}" {{
  statement {{
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [{resource}]
  }}
}}
"""
_OTHER = """\
resource "aws_cloudwatch_metric_alarm" "{name}" {{
  alarm_name          = "${{var.stage}}-{name}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = {number}
  threshold           = {number}.5

  dimensions = {{
    EndpointName = "scorer-${{var.stage}}"
    VariantName  = "primary"
  }}
}}
"""


def tree(files: int) -> dict[str, str]:
    """Files of many root modules, 20 in each."""
    if files <= PER_MODULE:
        return module(files)
    return {
        f"stack_{number:03}/{path}": text
        for number in range(files // PER_MODULE)
        for path, text in module(PER_MODULE, seed=number).items()
    }


def module(files: int, seed: int = 7) -> dict[str, str]:
    """Files of a module; about four in five blocks have a rule."""
    chance = random.Random(seed)
    found = {"variables.tf": 'variable "stage" {\n  default = "staging"\n}\n'}
    for number in range(files - 1):
        blocks = []
        for part in range(chance.randint(3, 6)):
            name = f"thing_{number}_{part}"
            flag = chance.choice(["true", "true", "false"])
            resource = chance.choice(['"*"', '"arn:aws:s3:::acme/*"'])
            kind = chance.choice([_BUCKET, _BUCKET, _POLICY, _OTHER])
            blocks.append(
                kind.format(name=name, flag=flag, resource=resource, number=chance.randint(1, 9))
            )
        found[f"part_{number:04}.tf"] = "\n".join(blocks)
    return found
