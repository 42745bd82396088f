terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
}

resource "aws_kms_key" "models" {
  description         = "Encrypts approved model artefacts."
  enable_key_rotation = true
}

# Approved models, one prefix a model. Serving accounts read from here.
resource "aws_s3_bucket" "models" {
  bucket = "acme-model-registry"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "models" {
  bucket = aws_s3_bucket.models.id

  rule {
    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.models.arn
      sse_algorithm     = "aws:kms"
    }
    bucket_key_enabled = true
  }
}

output "models_bucket" {
  description = "Where approved models are read from."
  value       = aws_s3_bucket.models.bucket
}
