"""The finer states of a referral, its clocks, and what a desk asks its sender."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table, check_on, more_words, task_kind

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

#: Word -> what stood for it before.
_STATES = {
    "received": "sent",
    "seen": "sent",
    "needs_information": "sent",
    "waiting_list": "no_answer",
    "service_started": "accepted",
    "no_show": "accepted",
}
_LETTERS = {"question": "decision", "reply": "withdrawal"}
_REASONS = ("need_unclear", "eligibility", "safety", "language", "family", "whereabouts")
_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "received_at": sa.DateTime(timezone=True),
    "seen_at": sa.DateTime(timezone=True),
    "clock_from": sa.DateTime(timezone=True),
    "left_seconds": sa.Integer(),
    "expected_on": sa.Date(),
    "started_at": sa.DateTime(timezone=True),
}
_LISTED = "ck_referral_listed_until_a_day"


def upgrade() -> None:
    """Apply."""
    more_words("referral", "state", _STATES, present=True, length=17)
    more_words("letter", "kind", _LETTERS, present=True)
    task_kind("answer_question", present=True)
    for name, kind in _COLUMNS.items():
        op.add_column("referral", sa.Column(name, kind, nullable=True))
    op.add_column("referral", sa.Column("asked", sa.Integer(), nullable=False, server_default="0"))
    _listed(present=True)
    _questions()


def downgrade() -> None:
    """Undo."""
    op.drop_table("referral_question")
    _listed(present=False)
    for name in ("asked", *reversed(_COLUMNS)):
        op.drop_column("referral", name)
    op.execute(sa.text("DELETE FROM task WHERE kind = 'answer_question'"))
    task_kind("answer_question", present=False)
    more_words("letter", "kind", _LETTERS, present=False)
    more_words("referral", "state", _STATES, present=False, length=16)


def _listed(*, present: bool) -> None:
    check_on(
        "referral", _LISTED, "state <> 'waiting_list' OR expected_on IS NOT NULL", present=present
    )


def _questions() -> None:
    listed = ", ".join(repr(reason) for reason in _REASONS)
    case_table(
        "referral_question",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asks_ct", sa.LargeBinary(), nullable=True),
        sa.Column("answer_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"reason IN ({listed})", name=op.f("ck_referral_question_reason_word")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_referral_question_answered_by_somebody"),
        ),
        referral_id="referral",
        asked_by="user_account",
        answered_by="user_account",
    )
    op.create_index(
        op.f("ix_referral_question_referral_id"), "referral_question", ["referral_id"], unique=False
    )
