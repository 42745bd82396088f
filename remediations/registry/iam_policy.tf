# terraform-aws-modules/iam/aws//modules/iam-policy, versions 2 to 6.
# Names and defaults: https://github.com/terraform-aws-modules/terraform-aws-iam

variable "create" {
  default = true
}

variable "create_policy" {
  default = true
}

variable "name" {
  default = null
}

variable "name_prefix" {
  default = null
}

variable "path" {
  default = "/"
}

variable "description" {
  default = null
}

variable "policy" {
  default = ""
}

variable "tags" {
  default = {}
}

resource "aws_iam_policy" "policy" {
  count = var.create && var.create_policy ? 1 : 0

  name        = var.name
  name_prefix = var.name_prefix
  path        = var.path
  description = var.description
  policy      = var.policy
}

output "arn" {
  value = aws_iam_policy.policy[0].arn
}
