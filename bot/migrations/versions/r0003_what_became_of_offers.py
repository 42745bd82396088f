"""How each finding was offered and what became of it, with its history.

Every new column has a default in the database, so the version before can go on writing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WORDS = {
    "repository": 300,
    "address": 1000,
    "severity": 20,
    "offered": 20,
    "offered_head": 64,
    "outcome": 20,
    "means": 20,
    "outcome_head": 64,
}
_TIMES = ("offered_at", "outcome_at")


def upgrade() -> None:
    """Forward."""
    for name, length in _WORDS.items():
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("offers", column)
    for name in _TIMES:
        op.add_column("offers", sa.Column(name, sa.Float, nullable=False, server_default="0"))
    op.add_column("offers", sa.Column("plan", sa.JSON, nullable=True))
    op.add_column("runs", sa.Column("run_id", sa.String(400), nullable=False, server_default=""))
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pull", sa.String(300), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("means", sa.String(20), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.UniqueConstraint("pull", "fingerprint", "outcome", "head", name="uq_outcomes_once"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("outcomes")
    with op.batch_alter_table("runs") as runs:
        runs.drop_column("run_id")
    with op.batch_alter_table("offers") as offers:
        for name in ("plan", *_TIMES, *_WORDS):
            offers.drop_column(name)
