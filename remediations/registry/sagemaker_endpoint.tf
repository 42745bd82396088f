# aws-ia/sagemaker-endpoint/aws, version 0.0.
# Names and defaults: https://github.com/aws-ia/terraform-aws-sagemaker-endpoint

variable "name_prefix" {
  default = "SGTFendpoint"
}

variable "endpoint_name" {
  default = "SGendpoint"
}

variable "sg_role_arn" {
  default = null
}

variable "enable_network_isolation" {
  default = false
}

variable "containers" {
  default = []
}

variable "kms_key_arn" {
  default = null
}

variable "production_variant" {
  default = {}
}

variable "tags" {
  default = null
}

resource "aws_sagemaker_model" "sagemaker_model" {
  execution_role_arn       = var.sg_role_arn
  enable_network_isolation = var.enable_network_isolation
  tags                     = var.tags
}

resource "aws_sagemaker_endpoint_configuration" "sagemaker_endpoint_config" {
  kms_key_arn = var.kms_key_arn
  tags        = var.tags

  production_variants {
    model_name        = aws_sagemaker_model.sagemaker_model.name
    instance_type     = try(var.production_variant.instance_type, null)
    enable_ssm_access = try(var.production_variant.enable_ssm_access, null)
  }
}

resource "aws_sagemaker_endpoint" "sagemaker_endpoint" {
  name                 = var.endpoint_name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.sagemaker_endpoint_config.name
}

answer "endpoint-no-cmk" {
  kms_key_arn = caller_key
}
