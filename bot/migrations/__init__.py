"""Alembic revisions; carried in the package, so that an installed wheel can migrate."""
