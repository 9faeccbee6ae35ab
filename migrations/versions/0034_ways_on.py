"""What was offered, where somebody moves on, solutions, returns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    case_table(
        "way_on",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        desk_id="desk",
        recorded_by="user_account",
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("way_on")
