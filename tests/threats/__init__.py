"""One test for each row of docs/security.md."""
