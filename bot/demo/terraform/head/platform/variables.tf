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

variable "lock_logs" {
  description = "Whether the log bucket refuses public ACLs; set per environment."
  type        = bool
}

variable "serving_image" {
  description = "Image of the scoring container, pinned by digest."
  type        = string
}
