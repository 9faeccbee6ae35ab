"""Who sees to a task, until when it rests, and changes of many at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "task_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(6), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('assign', 'snooze', 'wake')",
            name=op.f("ck_task_change_kind_word"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_task_change_made_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_change")),
    )
    op.create_index(op.f("ix_task_change_made_by"), "task_change", ["made_by"], unique=False)
    case_table(
        "task_care",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("task_id", name=op.f("uq_task_care_task_id")),
        assigned_to="user_account",
    )
    op.create_index("ix_task_care_assigned_to", "task_care", ["assigned_to"], unique=False)
    case_table(
        "task_change_row",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("care_version", sa.Integer(), nullable=False),
        sa.Column("before_ct", sa.LargeBinary(), nullable=True),
        change_id="task_change",
    )
    op.create_index(
        op.f("ix_task_change_row_change_id"), "task_change_row", ["change_id"], unique=False
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("task_change_row")
    op.drop_table("task_care")
    op.drop_table("task_change")
