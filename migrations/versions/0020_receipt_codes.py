"""Codes of receipts, visits to the page of a person, and requests that nobody but the person recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table, rewrite

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _codes()
    _visits()
    _recorded_by(needed=False)


def downgrade() -> None:
    """Undo. What persons asked alone has nobody who recorded it, and goes."""
    op.drop_table("person_visit")
    op.drop_table("receipt_code")
    op.execute(sa.text("DELETE FROM person_request WHERE recorded_by IS NULL"))
    _recorded_by(needed=True)


def _recorded_by(*, needed: bool) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("person_request", "recorded_by", nullable=not needed)
        return
    with_, without = "recorded_by CHAR(32) NOT NULL", "recorded_by CHAR(32)"

    def changed(made: str) -> str:
        old, new = (without, with_) if needed else (with_, without)
        assert f"{old}," in made
        return made.replace(f"{old},", f"{new},")

    rewrite("person_request", changed)


def _codes() -> None:
    case_table(
        "receipt_code",
        sa.Column("code_mac", sa.String(64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("voided_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "voided_on IS NULL OR voided_on >= issued_on",
            name=op.f("ck_receipt_code_issued_before_voided"),
        ),
        sa.UniqueConstraint("code_mac", name=op.f("uq_receipt_code_code_mac")),
        issued_by="user_account",
    )
    live = sa.text("voided_on IS NULL")
    op.create_index(
        "ix_receipt_code_live", "receipt_code", ["case_id"], unique=True,
        sqlite_where=live, postgresql_where=live,
    )  # fmt: skip


def _visits() -> None:
    case_table(
        "person_visit",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_person_visit_token_sha256")),
        code_id="receipt_code",
    )
    for column in ("code_id", "expires_at"):
        op.create_index(op.f(f"ix_person_visit_{column}"), "person_visit", [column])
