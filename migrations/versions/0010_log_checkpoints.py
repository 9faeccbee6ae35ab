"""Entries of the log say which sealed values they wrote; signed checkpoints of the whole log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("log_entry", sa.Column("wrote", sa.LargeBinary(), nullable=True))
    op.add_column("log_entry", sa.Column("moment", sa.BigInteger(), nullable=True))
    op.create_table(
        "log_checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.Column("edge", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_checkpoint")),
        sa.UniqueConstraint("number", name=op.f("uq_log_checkpoint_number")),
    )
    op.create_table(
        "log_sealed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_sealed")),
        sa.UniqueConstraint("stream", name=op.f("uq_log_sealed_stream")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("log_sealed")
    op.drop_table("log_checkpoint")
    with op.batch_alter_table("log_entry") as table:
        table.drop_column("moment")
        table.drop_column("wrote")
