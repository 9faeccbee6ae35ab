"""Services that desks keep themselves: hours, whom they are for, places that referrals hold; the reminder.

Referrals that are live now hold no place: which service they went to is sealed. They count from the next one.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.steps import task_kind

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KIND = "verify_services"
_SEEN = "(SELECT current_setting('serai.role')) = 'system' OR serai_referral(referral_id)"


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "desk", sa.Column("zone", sa.String(40), nullable=False, server_default=sa.text("'UTC'"))
    )
    for column in _columns():
        op.add_column("service", column)
    op.create_table(
        "reservation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_reservation_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_reservation_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_reservation_referral_id")),
    )
    op.create_index(op.f("ix_reservation_service_id"), "reservation", ["service_id"], unique=False)
    task_kind(_KIND, present=True)
    _row_security()


def downgrade() -> None:
    """Undo."""
    op.execute(sa.text("DELETE FROM task WHERE kind = :kind").bindparams(kind=_KIND))
    task_kind(_KIND, present=False)
    op.drop_table("reservation")
    for column in _columns():
        op.drop_column("service", column.name)
    op.drop_column("desk", "zone")


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("weekly", sa.JSON(), nullable=True),
        sa.Column("closed_days", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("sexes", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("ages", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("companies", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("reserved", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("kept_on", sa.Date(), nullable=True),
    ]


def _row_security() -> None:
    """A reservation belongs to its referral's agencies, on PostgreSQL."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(sa.text("ALTER TABLE reservation ENABLE ROW LEVEL SECURITY"))
    op.execute(sa.text("CREATE POLICY agency_new ON reservation FOR INSERT WITH CHECK (true)"))
    for act in ("SELECT", "UPDATE", "DELETE"):
        op.execute(
            sa.text(f"CREATE POLICY agency_{act.lower()} ON reservation FOR {act} USING ({_SEEN})")
        )
