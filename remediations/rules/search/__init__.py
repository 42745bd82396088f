"""Rules about vector stores: OpenSearch."""
