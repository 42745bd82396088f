"""Rules about Kendra and Comprehend."""
