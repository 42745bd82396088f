"""Rules about SageMaker resources."""
