data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["sagemaker.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "sagemaker" {
  name               = "${var.team}-sagemaker"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "training_data" {
  statement {
    sid       = "ReadTrainingData"
    effect    = "Allow"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "training_data" {
  name   = "training-data"
  role   = aws_iam_role.sagemaker.id
  policy = data.aws_iam_policy_document.training_data.json
}

resource "aws_iam_role_policy" "capture" {
  name = "capture-requests"
  role = aws_iam_role.sagemaker.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "CaptureRequests"
        Effect = "Allow"
        Action = [
          "s3:PutObject",
          "s3:ListAllMyBuckets",
          "cloudwatch:PutMetricData",
        ]
        Resource = "*"
      },
    ]
  })
}
