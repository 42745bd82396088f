resource "aws_security_group" "notebook" {
  name_prefix = "${var.team}-notebook-"
  description = "Notebooks of the ${var.team} team"
  vpc_id      = var.vpc_id
}

resource "aws_sagemaker_notebook_instance" "exploration" {
  name                   = "${var.team}-exploration"
  role_arn               = aws_iam_role.people.arn
  instance_type          = "ml.t3.xlarge"
  subnet_id              = var.private_subnet_ids[0]
  security_groups        = [aws_security_group.notebook.id]
  direct_internet_access = "Disabled"
  root_access            = "Disabled"

  tags = {
    team = var.team
  }
}
