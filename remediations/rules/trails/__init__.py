"""Rules about trails."""
