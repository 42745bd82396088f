"""Rules about what a role may do."""
