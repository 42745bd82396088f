resource "aws_sagemaker_model" "fraud" {
  name                     = "${var.team}-scorer"
  execution_role_arn       = aws_iam_role.sagemaker.arn
  enable_network_isolation = true

  primary_container {
    image          = var.serving_image
    model_data_url = "s3://${aws_s3_bucket.training.bucket}/models/fraud/model.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "fraud" {
  name_prefix = "${var.team}-scorer-"

  production_variants {
    variant_name           = "primary"
    model_name             = aws_sagemaker_model.fraud.name
    initial_instance_count = 2
    instance_type          = "ml.m5.large"
  }

  data_capture_config {
    destination_s3_uri          = "s3://${aws_s3_bucket.training.bucket}/captured"
    initial_sampling_percentage = 10

    capture_options {
      capture_mode = "InputAndOutput"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "fraud" {
  name                 = "${var.team}-scorer"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.fraud.name
}
