"""Rules about secrets in Secrets Manager."""
