"""Broken glass with its review; alerts from the log; the task to review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import task_kind

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KIND = "review_glass"


def upgrade() -> None:
    """Apply."""
    _glass()
    _alerts()
    task_kind(_KIND, present=True)


def downgrade() -> None:
    """Undo."""
    op.execute(sa.text("DELETE FROM task WHERE kind = :kind").bindparams(kind=_KIND))
    task_kind(_KIND, present=False)
    op.drop_table("watch_alert")
    op.drop_table("glass")


def _glass() -> None:
    op.create_table(
        "glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(17), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("justified", sa.Boolean(), nullable=True),
        sa.Column("says_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('life_in_danger', 'child_at_risk', 'medical_emergency', 'other')",
            name=op.f("ck_glass_reason_word"),
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> user_id",
            name=op.f("ck_glass_reviewed_by_another"),
        ),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (justified IS NULL)",
            name=op.f("ck_glass_reviewed_with_a_verdict"),
        ),
        *_keys(
            "glass",
            case_id="case_file",
            person_id="person",
            agency_id="agency",
            user_id="user_account",
            reviewed_by="user_account",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glass")),
    )
    for column in ("agency_id", "case_id", "person_id"):
        op.create_index(op.f(f"ix_glass_{column}"), "glass", [column], unique=False)
    op.create_index(
        "ix_glass_user_review", "glass", ["user_id", "reviewed_at", "review_due_at"], unique=False
    )


def _alerts() -> None:
    op.create_table(
        "watch_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(13), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('many_cases', 'many_searches', 'many_refusals', 'relatives', 'odd_hours')",
            name=op.f("ck_watch_alert_kind_word"),
        ),
        *_keys(
            "watch_alert", user_id="user_account", agency_id="agency", settled_by="user_account"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_alert")),
    )
    op.create_index("ix_watch_alert_day", "watch_alert", ["user_id", "kind", "day"], unique=True)
    op.create_index(
        "ix_watch_alert_agency_settled", "watch_alert", ["agency_id", "settled_at"], unique=False
    )


def _keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
