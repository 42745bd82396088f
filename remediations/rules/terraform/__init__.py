"""Rules about what Terraform itself is told: providers, variables, arguments."""
