"""OAuth tokens of GitLab, sealed. The version before has none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "oauth_tokens",
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("claimed_until", sa.Float, nullable=False),
        sa.Column("is_dead", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("oauth_tokens")
