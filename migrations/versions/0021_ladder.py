"""The ladder of late answers: when the next rung is due, who holds by name, an agency's focal point."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table, task_kind

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KINDS = ("answer_soon", "escalated")
_COLUMNS = (("referral", "next_step_at"), ("deadline", "escalate_at"))


def upgrade() -> None:
    """Apply. What waits already hears at the end of its time, and was reminded enough."""
    for kind in _KINDS:
        task_kind(kind, present=True)
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    op.execute(
        sa.text(
            "UPDATE referral SET next_step_at = due_at, step = CASE state"
            " WHEN 'waiting_list' THEN 0 ELSE 1 END WHERE state IN"
            " ('sent', 'received', 'seen', 'needs_information', 'waiting_list')"
        )
    )
    case_table(
        "task_holder",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("task_id", name=op.f("uq_task_holder_task_id")),
        task_id="task",
        user_id="user_account",
    )
    op.create_index(op.f("ix_task_holder_user_id"), "task_holder", ["user_id"], unique=False)
    op.create_table(
        "focal_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_focal_point_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_focal_point_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focal_point")),
        sa.UniqueConstraint("agency_id", name=op.f("uq_focal_point_agency_id")),
    )
    op.create_index(op.f("ix_focal_point_user_id"), "focal_point", ["user_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("focal_point")
    op.drop_table("task_holder")
    for table, column in reversed(_COLUMNS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
        op.drop_column(table, column)
    for kind in _KINDS:
        op.execute(sa.text("DELETE FROM task WHERE kind = :kind").bindparams(kind=kind))
        task_kind(kind, present=False)
