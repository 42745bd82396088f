# terraform-aws-modules/iam/aws//modules/iam-assumable-role, before version 6.
# Names and defaults: https://github.com/terraform-aws-modules/terraform-aws-iam/tree/v5.60.0

variable "create_role" {
  default = false
}

variable "role_name" {
  default = null
}

variable "role_requires_mfa" {
  default = true
}

variable "role_permissions_boundary_arn" {
  default = ""
}

variable "trusted_role_arns" {
  default = []
}

variable "trusted_role_services" {
  default = []
}

variable "custom_role_policy_arns" {
  default = []
}

variable "attach_admin_policy" {
  default = false
}

variable "admin_role_policy_arn" {
  default = "arn:aws:iam::aws:policy/AdministratorAccess"
}

variable "attach_poweruser_policy" {
  default = false
}

variable "poweruser_role_policy_arn" {
  default = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_iam_role" "this" {
  count = var.create_role ? 1 : 0

  name                 = var.role_name
  permissions_boundary = var.role_permissions_boundary_arn
}

resource "aws_iam_role_policy_attachment" "custom" {
  count = var.create_role ? length(var.custom_role_policy_arns) : 0

  role       = aws_iam_role.this[0].name
  policy_arn = var.custom_role_policy_arns[count.index]
}

resource "aws_iam_role_policy_attachment" "admin" {
  count = var.create_role && var.attach_admin_policy ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = var.admin_role_policy_arn
}

resource "aws_iam_role_policy_attachment" "poweruser" {
  count = var.create_role && var.attach_poweruser_policy ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = var.poweruser_role_policy_arn
}

output "iam_role_arn" {
  value = aws_iam_role.this[0].arn
}

output "iam_role_name" {
  value = aws_iam_role.this[0].name
}
