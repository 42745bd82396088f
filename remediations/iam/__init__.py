"""Policies as Terraform writes them, and which resources their actions take."""
