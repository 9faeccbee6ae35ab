"""Forms that a desk fills in on a case; which form it is, is sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    case_table(
        "case_form",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.UniqueConstraint("case_id", "sequence", name=op.f("uq_case_form_case_id_sequence")),
        desk_id="desk",
        recorded_by="user_account",
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("case_form")
