# terraform-aws-modules/kms/aws, versions 1 to 4.
# Names and defaults: https://github.com/terraform-aws-modules/terraform-aws-kms

variable "create" {
  default = true
}

variable "create_external" {
  default = false
}

variable "create_replica" {
  default = false
}

variable "create_replica_external" {
  default = false
}

variable "description" {
  default = null
}

variable "customer_master_key_spec" {
  default = null
}

variable "key_usage" {
  default = null
}

variable "is_enabled" {
  default = null
}

variable "multi_region" {
  default = false
}

variable "deletion_window_in_days" {
  default = null
}

variable "enable_key_rotation" {
  default = true
}

variable "rotation_period_in_days" {
  default = null
}

variable "policy" {
  default = null
}

variable "enable_default_policy" {
  default = true
}

variable "tags" {
  default = {}
}

locals {
  is_made = var.create && !var.create_external && !var.create_replica && !var.create_replica_external
}

resource "aws_kms_key" "this" {
  count = local.is_made ? 1 : 0

  description              = var.description
  customer_master_key_spec = var.customer_master_key_spec
  key_usage                = var.key_usage
  is_enabled               = var.is_enabled
  multi_region             = var.multi_region
  deletion_window_in_days  = var.deletion_window_in_days
  enable_key_rotation      = var.enable_key_rotation
  rotation_period_in_days  = var.rotation_period_in_days
  policy                   = coalesce(var.policy, data.aws_iam_policy_document.this[0].json)
  tags                     = var.tags
}

# The statements that key_owners, key_users and their like write name whom the caller names.
data "aws_iam_policy_document" "this" {
  count = var.create ? 1 : 0
}

output "key_arn" {
  value = aws_kms_key.this[0].arn
}

output "key_id" {
  value = aws_kms_key.this[0].key_id
}
