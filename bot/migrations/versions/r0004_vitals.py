"""What a look at clock and credentials found.

A table of its own: the version before neither reads nor writes it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "vitals",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("is_good", sa.Boolean, nullable=False),
        sa.Column("says", sa.String(300), nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("vitals")
