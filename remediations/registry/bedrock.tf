# aws-ia/bedrock/aws, version 0.0. The module makes these with the awscc provider; here stand their
# twins of the aws provider, which the same facts hold for.
# Names and defaults: https://github.com/aws-ia/terraform-aws-bedrock

variable "create_agent" {
  default = true
}

variable "agent_name" {
  default = "TerraformBedrockAgents"
}

variable "foundation_model" {
  default = null
}

variable "kms_key_arn" {
  default = null
}

variable "create_guardrail" {
  default = false
}

variable "guardrail_name" {
  default = "TerraformBedrockGuardrail"
}

variable "guardrail_kms_key_arn" {
  default = null
}

variable "create_custom_model" {
  default = false
}

variable "custom_model_name" {
  default = "custom-model"
}

variable "custom_model_kms_key_id" {
  default = null
}

variable "custom_model_output_uri" {
  default = null
}

variable "custom_model_training_uri" {
  default = null
}

variable "create_default_kb" {
  default = false
}

variable "create_kb_log_group" {
  default = false
}

variable "kb_log_group_retention_in_days" {
  default = 0
}

variable "create_s3_data_source" {
  default = false
}

variable "create_server_side_encryption_config" {
  default = false
}

variable "data_source_kms_key_arn" {
  default = null
}

resource "aws_bedrockagent_agent" "bedrock_agent" {
  count = var.create_agent ? 1 : 0

  agent_name                  = var.agent_name
  foundation_model            = var.foundation_model
  customer_encryption_key_arn = var.kms_key_arn

  dynamic "guardrail_configuration" {
    for_each = var.create_guardrail ? [true] : []

    content {
      guardrail_identifier = aws_bedrock_guardrail.guardrail[0].id
      guardrail_version    = "1"
    }
  }
}

resource "aws_bedrock_guardrail" "guardrail" {
  count = var.create_guardrail ? 1 : 0

  name        = var.guardrail_name
  kms_key_arn = var.guardrail_kms_key_arn
}

resource "aws_bedrock_custom_model" "custom_model" {
  count = var.create_custom_model ? 1 : 0

  custom_model_name       = var.custom_model_name
  custom_model_kms_key_id = var.custom_model_kms_key_id
}

resource "aws_cloudwatch_log_group" "knowledge_base_cwl" {
  count = var.create_default_kb && var.create_kb_log_group ? 1 : 0

  retention_in_days = var.kb_log_group_retention_in_days
}

answer "agent-no-guardrail" {
  advice = "Set `create_guardrail`, and say what it has to stop."
}
