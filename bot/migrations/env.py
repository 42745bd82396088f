"""What Alembic runs: the connection is handed in by ``bot.database``."""

from __future__ import annotations

from alembic import context

from bot.database import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
