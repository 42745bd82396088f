"""Rules about Bedrock and what agents are built of."""
