"""Terraform to measure on: seeded, so that every run sees the same text.

A tree is a repository of stacks that call shared modules, as ML platforms are written: variables
with defaults, locals, policies as data, loops, and references from file to file. At least 60 % of
the blocks are of a kind that an enabled rule judges; a test counts them.
"""

from __future__ import annotations

import random

PER_STACK = 20

_SHARED = {
    "modules/bucket/main.tf": """\
locals {
  name = "${var.prefix}-${var.name}"
  tags = merge(var.tags, { module = "bucket" })
}

resource "aws_s3_bucket" "this" {
  bucket        = local.name
  force_destroy = var.force_destroy
  tags          = local.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = var.is_private
  block_public_policy     = var.is_private
  ignore_public_acls      = var.is_private
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  count  = var.versioned ? 1 : 0
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.key == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.key
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  dynamic "rule" {
    for_each = var.expiry

    content {
      id     = rule.key
      status = "Enabled"

      expiration {
        days = rule.value
      }
    }
  }
}
""",
    "modules/bucket/variables.tf": """\
variable "prefix" {
  type = string
}

variable "name" {
  type = string
}

variable "is_private" {
  type    = bool
  default = true
}

variable "versioned" {
  type    = bool
  default = true
}

variable "force_destroy" {
  type    = bool
  default = false
}

variable "key" {
  type    = string
  default = null
}

variable "expiry" {
  type    = map(number)
  default = { raw = 90, tmp = 7 }
}

variable "tags" {
  type    = map(string)
  default = {}
}
""",
    "modules/bucket/outputs.tf": """\
output "id" {
  value = aws_s3_bucket.this.id
}

output "arn" {
  value = aws_s3_bucket.this.arn
}
""",
    "modules/role/main.tf": """\
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [for service in var.services : "${service}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "use" {
  dynamic "statement" {
    for_each = var.statements

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.prefix}-${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.use.json
}
""",
    "modules/role/variables.tf": """\
variable "prefix" {
  type = string
}

variable "name" {
  type = string
}

variable "services" {
  type    = list(string)
  default = ["sagemaker"]
}

variable "statements" {
  type = map(object({
    actions   = list(string)
    resources = list(string)
  }))
}
""",
    "modules/role/outputs.tf": """\
output "arn" {
  value = aws_iam_role.this.arn
}
""",
}

_FRAME = {
    "variables.tf": """\
variable "stage" {
  type    = string
  default = "staging"
}

variable "team" {
  type    = string
  default = "team-{seed}"
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "subnets" {
  type    = list(string)
  default = ["subnet-0a1b2c3d{seed:02}", "subnet-9f8e7d6c{seed:02}"]
}

variable "data_sets" {
  type = map(object({ days = number, open = bool }))
  default = {
    clicks  = { days = 30, open = false }
    ratings = { days = 365, open = false }
  }
}

variable "retention" {
  type    = number
  default = 30
}
""",
    "locals.tf": """\
locals {{
  prefix = "${{var.team}}-${{var.stage}}"
  tags = {{
    team  = var.team
    stage = var.stage
    cost  = upper(format("%s-%s", var.team, var.stage))
  }}
  zones = [for zone in ["a", "b"] : "${{var.region}}${{zone}}"]
}}
""",
    "providers.tf": """\
terraform {{
  required_version = ">= 1.5"

  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "~> 5.40"
    }}
  }}
}}

provider "aws" {{
  region = var.region

  default_tags {{
    tags = local.tags
  }}
}}
""",
    "keys.tf": """\
data "aws_caller_identity" "current" {{}}

resource "aws_kms_key" "data" {{
  description         = "Data of ${{local.prefix}}"
  enable_key_rotation = {flag}
}}

resource "aws_kms_alias" "data" {{
  name          = "alias/${{local.prefix}}"
  target_key_id = aws_kms_key.data.key_id
}}
""",
}

_LAKE = """\
module "{name}" {{
  source = "../../modules/bucket"

  prefix     = local.prefix
  name       = "{word}-{number}"
  is_private = {flag}
  versioned  = var.stage == "prod"
  key        = {key}
  tags       = local.tags
}}
"""
_ROLE = """\
module "{name}" {{
  source = "../../modules/role"

  prefix = local.prefix
  name   = "{word}-{number}"

  statements = {{
    Read = {{
      actions   = ["s3:GetObject", "s3:ListBucket"]
      resources = [{resource}]
    }}
    Log = {{
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["arn:aws:logs:${{var.region}}:*:log-group:/${{local.prefix}}/*"]
    }}
  }}
}}
"""
_BUCKET = """\
resource "aws_s3_bucket" "{name}" {{
  for_each = var.data_sets

  bucket = "${{local.prefix}}-{number}-${{each.key}}"
  tags   = merge(local.tags, {{ days = tostring(each.value.days) }})
}}

resource "aws_s3_bucket_public_access_block" "{name}" {{
  for_each = aws_s3_bucket.{name}

  bucket                  = each.value.id
  block_public_acls       = !var.data_sets[each.key].open
  block_public_policy     = {flag}
  ignore_public_acls      = true
  restrict_public_buckets = true
}}

resource "aws_s3_bucket_versioning" "{name}" {{
  for_each = aws_s3_bucket.{name}

  bucket = each.value.id

  versioning_configuration {{
    status = {flag} ? "Enabled" : "Suspended"
  }}
}}
"""
_POLICY = """\
data "aws_iam_policy_document" "{name}" {{
  statement {{
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [{resource}]
  }}

  statement {{
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]

    condition {{
      test     = "StringEquals"
      variable = "aws:ResourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }}
  }}
}}

resource "aws_iam_policy" "{name}" {{
  name   = "${{local.prefix}}-{word}-{number}"
  policy = data.aws_iam_policy_document.{name}.json
}}
"""
_NOTEBOOK = """\
resource "aws_sagemaker_notebook_instance" "{name}" {{
  name                   = "${{local.prefix}}-{word}-{number}"
  role_arn               = "arn:aws:iam::111122223333:role/${{var.team}}"
  instance_type          = "ml.t3.medium"
  subnet_id              = element(var.subnets, {number})
  direct_internet_access = {flag} ? "Disabled" : "Enabled"
  root_access            = "Disabled"
  kms_key_id             = {key}

  instance_metadata_service_configuration {{
    minimum_instance_metadata_service_version = "2"
  }}

  tags = local.tags
}}
"""
_ENDPOINT = """\
resource "aws_sagemaker_model" "{name}" {{
  name                     = "${{local.prefix}}-{word}-{number}"
  execution_role_arn       = "arn:aws:iam::111122223333:role/${{var.team}}"
  enable_network_isolation = {flag}

  primary_container {{
    image          = "111122223333.dkr.ecr.${{var.region}}.amazonaws.com/{word}:{number}"
    model_data_url = "s3://${{local.prefix}}-models/{word}/model.tar.gz"

    environment = {{
      STAGE   = var.stage
      WORKERS = "{number}"
    }}
  }}

  vpc_config {{
    subnets            = var.subnets
    security_group_ids = ["sg-0123456789abcdef{number}"]
  }}
}}

resource "aws_sagemaker_endpoint_configuration" "{name}" {{
  name        = "${{local.prefix}}-{word}-{number}"
  kms_key_arn = {key}

  production_variants {{
    variant_name           = "primary"
    model_name             = aws_sagemaker_model.{name}.name
    initial_instance_count = {number}
    instance_type          = "ml.m5.large"
  }}
}}

resource "aws_sagemaker_endpoint" "{name}" {{
  name                 = "${{local.prefix}}-{word}-{number}"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.{name}.name
}}
"""
_WATCH = """\
resource "aws_cloudwatch_log_group" "{name}" {{
  name              = "/${{local.prefix}}/{word}-{number}"
  retention_in_days = var.retention
  kms_key_id        = {key}
}}

resource "aws_cloudwatch_metric_alarm" "{name}" {{
  alarm_name          = "${{local.prefix}}-{word}-{number}"
  alarm_description   = <<-EOT
    The endpoint {word} of ${{var.team}} answers with errors.
    Look at its log group first.
  EOT
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = {number}
  metric_name         = "Invocation5XXErrors"
  namespace           = "AWS/SageMaker"
  period              = 60
  statistic           = "Sum"
  threshold           = {number}.5

  dimensions = {{
    EndpointName = "${{local.prefix}}-{word}-{number}"
    VariantName  = "primary"
  }}
}}
"""
_KINDS = (_LAKE, _ROLE, _BUCKET, _BUCKET, _POLICY, _POLICY, _NOTEBOOK, _ENDPOINT, _ENDPOINT, _WATCH)
_ALONE = (_BUCKET, _POLICY, _NOTEBOOK, _ENDPOINT, _ENDPOINT, _WATCH)
_WORDS = ("churn", "fraud", "ranking", "forecast", "vision", "speech")


def tree(files: int) -> dict[str, str]:
    """A repository of that many files: shared modules, and stacks that call them."""
    found = dict(_SHARED)
    number = 0
    while len(found) < files:
        stack = _stack(min(PER_STACK, files - len(found)), number, _KINDS)
        found |= {f"stacks/team_{number:03}/{path}": text for path, text in stack.items()}
        number += 1
    return found


def module(files: int, seed: int = 7) -> dict[str, str]:
    """A module of that many files that calls no other."""
    return _stack(files, seed, _ALONE)


def _stack(files: int, seed: int, kinds: tuple[str, ...]) -> dict[str, str]:
    chance = random.Random(seed)
    found = {
        path: text.replace("{seed}", str(seed)).replace("{seed:02}", f"{seed % 100:02}")
        if path == "variables.tf"
        else text.format(flag=_flag(chance))
        for path, text in list(_FRAME.items())[:files]
    }
    for number in range(files - len(found)):
        blocks = []
        for part in range(chance.randint(2, 4)):
            word = chance.choice(_WORDS)
            blocks.append(
                chance.choice(kinds).format(
                    name=f"{word}_{number}_{part}",
                    word=word,
                    number=chance.randint(1, 9),
                    flag=_flag(chance),
                    key=chance.choice(("aws_kms_key.data.arn", "aws_kms_key.data.arn", "null")),
                    resource=chance.choice(('"*"', '"arn:aws:s3:::${local.prefix}-lake/*"')),
                )
            )
        found[f"part_{number:03}.tf"] = "\n".join(blocks)
    return found


def _flag(chance: random.Random) -> str:
    return chance.choice(("true", "true", "true", "false"))
