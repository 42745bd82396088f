"""Terraform: text, nodes, edits, values and modules. Knows no policy."""
