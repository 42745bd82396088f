# terraform-aws-modules/iam/aws//modules/iam-user, versions 2 to 6.
# Names and defaults: https://github.com/terraform-aws-modules/terraform-aws-iam

variable "create" {
  default = true
}

variable "create_user" {
  default = true
}

variable "name" {
  default = null
}

variable "force_destroy" {
  default = false
}

variable "policies" {
  default = {}
}

variable "policy_arns" {
  default = []
}

resource "aws_iam_user" "this" {
  count = var.create && var.create_user ? 1 : 0

  name          = var.name
  force_destroy = var.force_destroy
}

resource "aws_iam_user_policy_attachment" "this" {
  for_each = var.policies

  user       = aws_iam_user.this[0].name
  policy_arn = each.value
}

resource "aws_iam_user_policy_attachment" "additional" {
  count = length(var.policy_arns)

  user       = aws_iam_user.this[0].name
  policy_arn = var.policy_arns[count.index]
}
