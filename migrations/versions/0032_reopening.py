"""Cases that were closed and opened again, each with a sealed reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    case_table(
        "reopening",
        sa.Column("reopened_by", sa.Uuid(), nullable=False),
        sa.Column("reopened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("reason_ct", sa.LargeBinary(), nullable=True),
        reopened_by="user_account",
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("reopening")
