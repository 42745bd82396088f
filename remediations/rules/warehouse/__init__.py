"""Rules about warehouses."""
