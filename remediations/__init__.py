"""The library: Terraform in, findings and proved fixes out. No network, clock, environment."""
