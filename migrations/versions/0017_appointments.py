"""Appointments, and the task that follows from a missed one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table, task_kind

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KIND = "missed_appointment"


def upgrade() -> None:
    """Apply."""
    case_table(
        "appointment",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("moved_from_id", sa.Uuid(), nullable=True),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'kept', 'missed', 'moved', 'called_off')",
            name=op.f("ck_appointment_state_word"),
        ),
        sa.CheckConstraint(
            "state = 'planned' OR settled_by IS NOT NULL",
            name=op.f("ck_appointment_settled_by_somebody"),
        ),
        referral_id="referral",
        desk_id="desk",
        made_by="user_account",
        settled_by="user_account",
        moved_from_id="appointment",
    )
    op.create_index(
        "ix_appointment_desk_day", "appointment", ["desk_id", "starts_at"], unique=False
    )
    task_kind(_KIND, present=True)


def downgrade() -> None:
    """Undo."""
    op.execute(sa.text("DELETE FROM task WHERE kind = :kind").bindparams(kind=_KIND))
    task_kind(_KIND, present=False)
    op.drop_table("appointment")
