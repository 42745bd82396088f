resource "aws_s3_bucket" "access_logs" {
  bucket = "acme-${var.team}-access-logs"
}

resource "aws_s3_bucket_public_access_block" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  block_public_acls       = var.lock_logs
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
