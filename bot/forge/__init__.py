"""Code hosts: the port, its errors, and one adapter each."""
