"""Rules about buckets: who can read them and what encrypts them."""
