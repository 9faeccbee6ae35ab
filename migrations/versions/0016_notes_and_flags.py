"""Notes on a case, and flags with an instruction and an end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    case_table(
        "case_note",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("shared_ct", sa.LargeBinary(), nullable=True),
        sa.Column("protected_ct", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "audience IN ('own_desk', 'holders', 'protection')",
            name=op.f("ck_case_note_audience_word"),
        ),
        desk_id="desk",
        recorded_by="user_account",
        corrects_id="case_note",
    )
    case_table(
        "case_flag",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "expires_on >= raised_on", name=op.f("ck_case_flag_expires_after_it_is_raised")
        ),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ended_by IS NULL)", name=op.f("ck_case_flag_ended_by_somebody")
        ),
        desk_id="desk",
        raised_by="user_account",
        ended_by="user_account",
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("case_flag")
    op.drop_table("case_note")
