"""Two records of one person stand as one: the statement, its lineage, and whether a record is counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BOARD = ["country", "week", "post", "month", "sex", "age_band", "profiles"]
_TAKEN = sa.text("state IN ('proposed', 'merged', 'undo_proposed')")
_SEEN = (
    "(SELECT current_setting('serai.role')) = 'system' OR serai_case(case_id)"
    " OR serai_case(other_case_id)"
)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "stat_fact", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    _board([*_BOARD, "counted"])
    case_table(
        "person_merge",
        sa.Column("other_case_id", sa.Uuid(), nullable=False),
        sa.Column("other_person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(13), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'merged', 'refused', 'lapsed', 'undo_proposed', 'undone')",
            name=op.f("ck_person_merge_state_word"),
        ),
        sa.CheckConstraint(
            "person_id <> other_person_id", name=op.f("ck_person_merge_of_two_persons")
        ),
        other_case_id="case_file",
        other_person_id="person",
        proposed_by="user_account",
        approval_id="approval",
    )
    for column in ("other_case_id", "other_person_id"):
        op.create_index(op.f(f"ix_person_merge_{column}"), "person_merge", [column], unique=False)
    op.create_index(
        "uq_person_merge_joined",
        "person_merge",
        ["other_person_id"],
        unique=True,
        sqlite_where=_TAKEN,
        postgresql_where=_TAKEN,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Whoever may see either record must know of the other.
        for act in ("SELECT", "UPDATE", "DELETE"):
            op.execute(
                sa.text(f"ALTER POLICY agency_{act.lower()} ON person_merge USING ({_SEEN})")
            )


def downgrade() -> None:
    """Undo: every record is counted by itself again."""
    op.drop_table("person_merge")
    _board(_BOARD)
    op.drop_column("stat_fact", "counted")


def _board(columns: list[str]) -> None:
    """The index that boards are read from alone."""
    op.drop_index("ix_stat_fact_board", "stat_fact")
    op.create_index("ix_stat_fact_board", "stat_fact", columns)
