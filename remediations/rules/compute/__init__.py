"""Rules about instances, volumes and containers."""
