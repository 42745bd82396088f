resource "aws_sagemaker_domain" "studio" {
  domain_name             = "${var.team}-studio"
  auth_mode               = "IAM"
  vpc_id                  = var.vpc_id
  subnet_ids              = var.private_subnet_ids
  app_network_access_type = "VpcOnly"

  default_user_settings {
    execution_role = aws_iam_role.people.arn
  }
}
