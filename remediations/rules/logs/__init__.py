"""Rules about CloudWatch log groups."""
