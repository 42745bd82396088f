"""The first tables: deliveries, work, runs and offers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("delivery_id", sa.String(200), nullable=False),
        sa.Column("event", sa.String(100), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("received_at", sa.Float, nullable=False),
        sa.Column("work_key", sa.String(400), nullable=True),
        sa.UniqueConstraint("provider", "delivery_id", name="uq_deliveries_provider_delivery"),
    )
    op.create_table(
        "work",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(400), nullable=False, unique=True),
        sa.Column("pull", sa.String(300), nullable=False, index=True),
        sa.Column("wish", sa.JSON, nullable=False),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.Float, nullable=False),
        sa.Column("not_before", sa.Float, nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pull", sa.String(300), nullable=False, index=True),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("ended", sa.String(20), nullable=False),
        sa.Column("verdict", sa.String(30), nullable=False),
        sa.Column("findings", sa.Integer, nullable=False),
        sa.Column("comments", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("finished_at", sa.Float, nullable=False),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pull", sa.String(300), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("safety", sa.String(20), nullable=False),
        sa.Column("first_head", sa.String(64), nullable=False),
        sa.Column("first_seen_at", sa.Float, nullable=False),
        sa.UniqueConstraint("pull", "fingerprint", name="uq_offers_pull_fingerprint"),
    )


def downgrade() -> None:
    """Back."""
    for table in ("offers", "runs", "work", "deliveries"):
        op.drop_table(table)
