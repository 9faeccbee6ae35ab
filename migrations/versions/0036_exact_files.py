"""Agreements with partners who have exact tables, and what each exact file told.

Files on request that left before had only their manifest kept. Nothing exact leaves of their months any more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import refuse

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_KEPT = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Apply."""
    _agreements()
    op.create_table(
        "stat_exact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(3), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_month", sa.String(7), nullable=False),
        sa.Column("last_month", sa.String(7), nullable=False),
        sa.Column("figures", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["stat_release.id"], name=op.f("fk_stat_exact_release_id_stat_release")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["disclosure_agreement.id"],
            name=op.f("fk_stat_exact_agreement_id_disclosure_agreement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stat_exact")),
        sa.UniqueConstraint("release_id", name=op.f("uq_stat_exact_release_id")),
        sa.UniqueConstraint("country", "number", name=op.f("uq_stat_exact_country_number")),
    )
    op.create_index(op.f("ix_stat_exact_agreement_id"), "stat_exact", ["agreement_id"])
    for verb in _KEPT:
        refuse("stat_exact", verb)


def downgrade() -> None:
    """Undo: what was told is forgotten, so make no exact file after that."""
    op.drop_table("stat_exact")
    if op.get_bind().dialect.name != "sqlite":
        for verb in _KEPT:
            op.execute(f"DROP FUNCTION stat_exact_no_{verb.lower()}()")
    op.drop_table("disclosure_agreement")


def _agreements() -> None:
    keys = {"agency_id": "agency", "recorded_by": "user_account", "confirmed_by": "user_account"}
    op.create_table(
        "disclosure_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(3), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("partner", sa.String(120), nullable=False),
        sa.Column("purpose", sa.String(400), nullable=False),
        sa.Column("signed_by", sa.String(120), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> recorded_by",
            name=op.f("ck_disclosure_agreement_confirmed_by_another"),
        ),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_disclosure_agreement_confirmed_at_a_time"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_disclosure_agreement_{column}_{table}")
            )
            for column, table in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_agreement")),
    )
    op.create_index(
        op.f("ix_disclosure_agreement_agency_id"), "disclosure_agreement", ["agency_id"]
    )
