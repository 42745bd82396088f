"""Deadlines and waits on rows of work; whose turn it is among owners.

Every new column has a default in the database, so the version before can go on writing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIMES = ("asked_at", "began_at", "deadline")


def upgrade() -> None:
    """Forward."""
    op.add_column("work", sa.Column("owner", sa.String(200), nullable=False, server_default=""))
    op.add_column("work", sa.Column("waits", sa.Integer, nullable=False, server_default="0"))
    for name in _TIMES:
        op.add_column("work", sa.Column(name, sa.Float, nullable=False, server_default="0"))
    op.create_table(
        "owners",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("served_at", sa.Float, nullable=False, server_default="0"),
        sa.Column("held_until", sa.Float, nullable=False, server_default="0"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("owners")
    with op.batch_alter_table("work") as work:
        for name in ("owner", "waits", *_TIMES):
            work.drop_column(name)
