# terraform-aws-modules/s3-bucket/aws, versions 1 to 5.
# Names and defaults: https://github.com/terraform-aws-modules/terraform-aws-s3-bucket

variable "create_bucket" {
  default = true
}

variable "is_directory_bucket" {
  default = false
}

variable "bucket" {
  default = null
}

variable "bucket_prefix" {
  default = null
}

variable "acl" {
  default = null
}

variable "force_destroy" {
  default = false
}

variable "tags" {
  default = {}
}

variable "website" {
  default = {}
}

variable "policy" {
  default = null
}

variable "attach_policy" {
  default = false
}

variable "attach_deny_insecure_transport_policy" {
  default = false
}

variable "attach_require_latest_tls_policy" {
  default = false
}

variable "attach_public_policy" {
  default = true
}

variable "block_public_acls" {
  default = true
}

variable "block_public_policy" {
  default = true
}

variable "ignore_public_acls" {
  default = true
}

variable "restrict_public_buckets" {
  default = true
}

variable "control_object_ownership" {
  default = false
}

variable "object_ownership" {
  default = "BucketOwnerEnforced"
}

variable "versioning" {
  default = {}
}

variable "logging" {
  default = {}
}

variable "lifecycle_rule" {
  default = []
}

variable "server_side_encryption_configuration" {
  default = {}
}

earlier "3.9.0" {
  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = false
  restrict_public_buckets = false
  object_ownership        = "ObjectWriter"
}

locals {
  is_made     = var.create_bucket && !var.is_directory_bucket
  secured     = var.attach_deny_insecure_transport_policy || var.attach_require_latest_tls_policy
  has_policy  = local.secured || var.attach_policy
  denies_http = local.secured ? [true] : []
}

resource "aws_s3_bucket" "this" {
  count = local.is_made ? 1 : 0

  bucket        = var.bucket
  bucket_prefix = var.bucket_prefix
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  count = local.is_made && var.attach_public_policy ? 1 : 0

  bucket = aws_s3_bucket.this[0].id

  block_public_acls       = var.block_public_acls
  block_public_policy     = var.block_public_policy
  ignore_public_acls      = var.ignore_public_acls
  restrict_public_buckets = var.restrict_public_buckets
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count = local.is_made && var.control_object_ownership ? 1 : 0

  bucket = aws_s3_bucket.this[0].id

  rule {
    object_ownership = var.object_ownership
  }
}

resource "aws_s3_bucket_acl" "this" {
  count = local.is_made && var.acl != null ? 1 : 0

  bucket = aws_s3_bucket.this[0].id
  acl    = var.acl
}

resource "aws_s3_bucket_versioning" "this" {
  count = local.is_made && length(keys(var.versioning)) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this[0].id

  versioning_configuration {
    status = try(
      var.versioning["enabled"] ? "Enabled" : "Suspended",
      tobool(var.versioning["status"]) ? "Enabled" : "Suspended",
      title(lower(var.versioning["status"])),
      "Enabled",
    )
  }
}

resource "aws_s3_bucket_logging" "this" {
  count = local.is_made && length(keys(var.logging)) > 0 ? 1 : 0

  bucket        = aws_s3_bucket.this[0].id
  target_bucket = var.logging["target_bucket"]
  target_prefix = try(var.logging["target_prefix"], null)
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count = local.is_made && length(var.lifecycle_rule) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this[0].id
}

resource "aws_s3_bucket_website_configuration" "this" {
  count = local.is_made && length(keys(var.website)) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this[0].id
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count = local.is_made && length(keys(var.server_side_encryption_configuration)) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this[0].id

  dynamic "rule" {
    for_each = try(flatten([var.server_side_encryption_configuration["rule"]]), [])

    content {
      bucket_key_enabled = try(rule.value.bucket_key_enabled, null)

      dynamic "apply_server_side_encryption_by_default" {
        for_each = try([rule.value.apply_server_side_encryption_by_default], [])

        content {
          sse_algorithm     = apply_server_side_encryption_by_default.value.sse_algorithm
          kms_master_key_id = try(apply_server_side_encryption_by_default.value.kms_master_key_id, null)
        }
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  count = local.is_made && local.has_policy ? 1 : 0

  bucket = aws_s3_bucket.this[0].id
  policy = local.secured ? data.aws_iam_policy_document.secured[0].json : var.policy
}

data "aws_iam_policy_document" "secured" {
  count = local.is_made && local.secured ? 1 : 0

  statement {
    sid       = "denyInsecureTransport"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[0].arn, "${aws_s3_bucket.this[0].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

output "s3_bucket_id" {
  value = aws_s3_bucket.this[0].id
}

output "s3_bucket_arn" {
  value = aws_s3_bucket.this[0].arn
}

answer "s3-public-access-block-missing" {
  attach_public_policy = true
}

answer "s3-versioning-off" {
  versioning = { enabled = true }
}

answer "s3-tls-not-required" {
  attach_deny_insecure_transport_policy = true
}

answer "s3-ownership-not-enforced" {
  control_object_ownership = true
}

answer "s3-encryption-missing" {
  server_side_encryption_configuration = {
    rule = {
      apply_server_side_encryption_by_default = {
        sse_algorithm     = "aws:kms"
        kms_master_key_id = caller_key
      }
      bucket_key_enabled = true
    }
  }
}

answer "s3-encryption-not-cmk" {
  server_side_encryption_configuration = {
    rule = {
      apply_server_side_encryption_by_default = {
        sse_algorithm     = "aws:kms"
        kms_master_key_id = caller_key
      }
      bucket_key_enabled = true
    }
  }
}

answer "s3-access-logging-missing" {
  advice = "Pass `logging` with a bucket for the logs."
}
