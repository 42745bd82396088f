# terraform-aws-modules/iam/aws//modules/iam-role, from version 6.
# Names and defaults: https://github.com/terraform-aws-modules/terraform-aws-iam

variable "create" {
  default = true
}

variable "name" {
  default = null
}

variable "permissions_boundary" {
  default = null
}

variable "policies" {
  default = {}
}

variable "trust_policy_permissions" {
  default = null
}

variable "create_inline_policy" {
  default = false
}

variable "inline_policy_permissions" {
  default = null
}

variable "source_inline_policy_documents" {
  default = []
}

variable "override_inline_policy_documents" {
  default = []
}

resource "aws_iam_role" "this" {
  count = var.create ? 1 : 0

  name                 = var.name
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.this[0].json
}

data "aws_iam_policy_document" "this" {
  count = var.create ? 1 : 0

  dynamic "statement" {
    for_each = var.trust_policy_permissions != null ? var.trust_policy_permissions : {}

    content {
      effect  = try(statement.value.effect, null)
      actions = statement.value.actions

      dynamic "principals" {
        for_each = try(statement.value.principals, [])

        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }

      dynamic "condition" {
        for_each = try(statement.value.condition, [])

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = var.create ? var.policies : {}

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "inline" {
  count = var.create && var.create_inline_policy ? 1 : 0

  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.inline[0].json
}

data "aws_iam_policy_document" "inline" {
  count = var.create && var.create_inline_policy ? 1 : 0

  source_policy_documents   = var.source_inline_policy_documents
  override_policy_documents = var.override_inline_policy_documents

  dynamic "statement" {
    for_each = var.inline_policy_permissions != null ? var.inline_policy_permissions : {}

    content {
      effect    = try(statement.value.effect, null)
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = try(statement.value.condition, [])

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

output "arn" {
  value = aws_iam_role.this[0].arn
}

output "name" {
  value = aws_iam_role.this[0].name
}
