variable "team" {
  description = "Who owns these resources; used in names and tags."
  type        = string
  default     = "fraud"
}

variable "vpc_id" {
  description = "The VPC that notebooks and endpoints live in."
  type        = string
}

variable "private_subnet_ids" {
  description = "Subnets without a route to an internet gateway."
  type        = list(string)
}
