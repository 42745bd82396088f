# terraform-aws-modules/vpc/aws, versions 2 to 6.
# Names and defaults: https://github.com/terraform-aws-modules/terraform-aws-vpc

variable "create_vpc" {
  default = true
}

variable "name" {
  default = ""
}

variable "cidr" {
  default = "10.0.0.0/16"
}

variable "public_subnets" {
  default = []
}

variable "private_subnets" {
  default = []
}

variable "map_public_ip_on_launch" {
  default = false
}

variable "manage_default_security_group" {
  default = true
}

variable "default_security_group_ingress" {
  default = []
}

variable "default_security_group_egress" {
  default = []
}

variable "enable_flow_log" {
  default = false
}

variable "flow_log_traffic_type" {
  default = "ALL"
}

variable "flow_log_destination_type" {
  default = "cloud-watch-logs"
}

variable "flow_log_destination_arn" {
  default = ""
}

variable "create_flow_log_cloudwatch_log_group" {
  default = false
}

variable "flow_log_cloudwatch_log_group_retention_in_days" {
  default = null
}

variable "flow_log_cloudwatch_log_group_kms_key_id" {
  default = null
}

variable "tags" {
  default = {}
}

earlier "4.0.0" {
  map_public_ip_on_launch       = true
  manage_default_security_group = false
}

locals {
  logs       = var.create_vpc && var.enable_flow_log
  writes_log = local.logs && var.flow_log_destination_type != "s3" && var.create_flow_log_cloudwatch_log_group
}

resource "aws_vpc" "this" {
  count = var.create_vpc ? 1 : 0

  cidr_block = var.cidr
  tags       = var.tags
}

resource "aws_subnet" "public" {
  count = var.create_vpc ? length(var.public_subnets) : 0

  vpc_id                  = aws_vpc.this[0].id
  cidr_block              = var.public_subnets[count.index]
  map_public_ip_on_launch = var.map_public_ip_on_launch
}

resource "aws_subnet" "private" {
  count = var.create_vpc ? length(var.private_subnets) : 0

  vpc_id     = aws_vpc.this[0].id
  cidr_block = var.private_subnets[count.index]
}

resource "aws_default_security_group" "this" {
  count = var.create_vpc && var.manage_default_security_group ? 1 : 0

  vpc_id = aws_vpc.this[0].id
}

resource "aws_flow_log" "this" {
  count = local.logs ? 1 : 0

  vpc_id               = aws_vpc.this[0].id
  traffic_type         = var.flow_log_traffic_type
  log_destination_type = var.flow_log_destination_type
}

resource "aws_cloudwatch_log_group" "flow_log" {
  count = local.writes_log ? 1 : 0

  retention_in_days = var.flow_log_cloudwatch_log_group_retention_in_days
  kms_key_id        = var.flow_log_cloudwatch_log_group_kms_key_id
}

output "vpc_id" {
  value = aws_vpc.this[0].id
}

output "private_subnets" {
  value = aws_subnet.private[*].id
}

output "public_subnets" {
  value = aws_subnet.public[*].id
}

output "default_security_group_id" {
  value = aws_vpc.this[0].default_security_group_id
}
