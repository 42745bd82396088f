"""Rules about parameters of Systems Manager."""
