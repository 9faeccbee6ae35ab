"""Screens that are turned to a person, who answers there alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    case_table(
        "turned_screen",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("handed_by", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("turned_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_turned_screen_token_sha256")),
        handed_by="user_account",
    )
    op.create_index(op.f("ix_turned_screen_session_id"), "turned_screen", ["session_id"])


def downgrade() -> None:
    """Undo. What was answered stays among the answers."""
    op.drop_table("turned_screen")
