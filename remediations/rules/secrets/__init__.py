"""Rules about credentials in the open."""
