"""Tracing: requests, blinded keys of open ones, candidates; the task that a candidate gives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table, task_kind

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_KIND = "see_to_tracing"
_SEEN = (
    "(SELECT current_setting('serai.role')) = 'system' OR serai_case(case_id)"
    " OR serai_case(other_case_id)"
)


def upgrade() -> None:
    """Apply."""
    case_table(
        "tracing_request",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(6), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'found', 'closed')", name=op.f("ck_tracing_request_state_word")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_on IS NULL)", name=op.f("ck_tracing_request_ended_on_a_day")
        ),
        desk_id="desk",
        opened_by="user_account",
        ended_by="user_account",
    )
    op.create_table(
        "tracing_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sought", sa.Boolean(), nullable=False),
        sa.Column("token", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["tracing_request.id"],
            name=op.f("fk_tracing_key_request_id_tracing_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracing_key")),
        sa.UniqueConstraint(
            "request_id", "sought", "token", name=op.f("uq_tracing_key_request_id_sought_token")
        ),
    )
    for column in ("request_id", "token"):
        op.create_index(op.f(f"ix_tracing_key_{column}"), "tracing_key", [column], unique=False)
    _candidates()
    task_kind(_KIND, present=True)


def _candidates() -> None:
    case_table(
        "tracing_candidate",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("other_case_id", sa.Uuid(), nullable=False),
        sa.Column("other_person_id", sa.Uuid(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(6), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'asked', 'yes', 'no', 'unsure')",
            name=op.f("ck_tracing_candidate_state_word"),
        ),
        sa.CheckConstraint(
            "(decided_on IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_tracing_candidate_decided_by_somebody"),
        ),
        sa.UniqueConstraint(
            "request_id",
            "other_person_id",
            name=op.f("uq_tracing_candidate_request_id_other_person_id"),
        ),
        request_id="tracing_request",
        other_case_id="case_file",
        other_person_id="person",
        decided_by="user_account",
    )
    for column in ("request_id", "other_case_id", "other_person_id"):
        op.create_index(
            op.f(f"ix_tracing_candidate_{column}"), "tracing_candidate", [column], unique=False
        )
    if op.get_bind().dialect.name == "postgresql":
        # The desk that has the other in care answers what it is asked.
        for act in ("SELECT", "UPDATE", "DELETE"):
            op.execute(
                sa.text(f"ALTER POLICY agency_{act.lower()} ON tracing_candidate USING ({_SEEN})")
            )


def downgrade() -> None:
    """Undo."""
    for table in ("task_care", "task_change_row", "task_holder"):
        gone = f"DELETE FROM {table} WHERE task_id IN (SELECT id FROM task WHERE kind = :kind)"  # noqa: S608  # names of our own tables
        op.execute(sa.text(gone).bindparams(kind=_KIND))
    op.execute(sa.text("DELETE FROM task WHERE kind = :kind").bindparams(kind=_KIND))
    task_kind(_KIND, present=False)
    for table in ("tracing_candidate", "tracing_key", "tracing_request"):
        op.drop_table(table)
