"""Whether a command was acknowledged.

What the version before writes stays at 0: its own workers acknowledge.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("work", sa.Column("greeting", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ix_work_greeting", "work", ["greeting"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_work_greeting", "work")
    op.drop_column("work", "greeting")
