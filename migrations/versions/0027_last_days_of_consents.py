"""Consents have a last day and a reminder; what a person wishes of a desk, and that the desk confirmed it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import check_on, task_kind

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_KIND = "ask_consent_again"
_WISH = "ck_referral_withdrawal_wish_word"


def upgrade() -> None:
    """Apply. A consent of before has no last day; it is asked for anew when somebody is at hand."""
    task_kind(_KIND, present=True)
    op.add_column("consent", sa.Column("reminded_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_consent_expires_on"), "consent", ["expires_on"], unique=False)
    op.add_column("referral", sa.Column("withdrawal_wish", sa.String(6), nullable=True))
    op.add_column("referral", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    check_on("referral", _WISH, "withdrawal_wish IN ('stop', 'forget')", present=True)


def downgrade() -> None:
    """Undo."""
    check_on("referral", _WISH, "withdrawal_wish IN ('stop', 'forget')", present=False)
    op.drop_column("referral", "confirmed_at")
    op.drop_column("referral", "withdrawal_wish")
    op.drop_index(op.f("ix_consent_expires_on"), table_name="consent")
    op.drop_column("consent", "reminded_on")
    op.execute(sa.text("DELETE FROM task WHERE kind = :kind").bindparams(kind=_KIND))
    task_kind(_KIND, present=False)
