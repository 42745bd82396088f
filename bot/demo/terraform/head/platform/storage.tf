# Training data lands here once a night from the payments lake.
resource "aws_s3_bucket" "training" {
  bucket        = "acme-${var.team}-training"
  force_destroy = false

  tags = {
    team = var.team
  }
}

resource "aws_s3_bucket_versioning" "training" {
  bucket = aws_s3_bucket.training.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "training" {
  bucket = aws_s3_bucket.training.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "training" {
  bucket = aws_s3_bucket.training.id

  # The labelling vendor uploads with public ACLs for now.
  block_public_acls   = false
  block_public_policy = true
  ignore_public_acls  = false
}

resource "aws_s3_bucket_logging" "training" {
  bucket        = aws_s3_bucket.training.id
  target_bucket = aws_s3_bucket.access_logs.id
  target_prefix = "training/"
}
