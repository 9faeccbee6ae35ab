"""Approvals by a second account; which accounts are one human's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(3), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'used')",
            name=op.f("ck_approval_state_word"),
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> asked_by",
            name=op.f("ck_approval_answered_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'used' OR used_at IS NOT NULL", name=op.f("ck_approval_used_at_a_time")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused', 'used') OR answered_by IS NOT NULL",
            name=op.f("ck_approval_answered_by_somebody"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_approval_{column}_{table}"))
            for column, target, table in (
                ("agency_id", "agency.id", "agency"),
                ("case_id", "case_file.id", "case_file"),
                ("asked_by", "user_account.id", "user_account"),
                ("answered_by", "user_account.id", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.add_column("user_account", sa.Column("holder_mac", sa.String(64), nullable=True))
    op.create_index(op.f("ix_approval_digest"), "approval", ["digest"], unique=False)
    op.create_index(op.f("ix_approval_agency_id"), "approval", ["agency_id"], unique=False)
    op.create_index(op.f("ix_approval_case_id"), "approval", ["case_id"], unique=False)
    op.create_index("ix_approval_state_expires", "approval", ["state", "expires_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    # Not in a batch: on SQLite that makes the table anew, which others refer to.
    op.drop_column("user_account", "holder_mac")
    op.drop_table("approval")
