"""Addresses of agencies outside, and sealed letters that wait until they are taken there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agency_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(60), nullable=False),
        sa.Column("url", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_address")),
        sa.UniqueConstraint("agency", name=op.f("uq_agency_address_agency")),
    )
    _parcels()


def downgrade() -> None:
    """Undo."""
    op.drop_table("outside_parcel")
    op.drop_table("agency_address")


def _parcels() -> None:
    op.create_table(
        "outside_parcel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("peer", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("answered", sa.String(40), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('referral', 'identity', 'withdrawal', 'answer')",
            name=op.f("ck_outside_parcel_kind_word"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'leased', 'delivered', 'stuck')",
            name=op.f("ck_outside_parcel_state_word"),
        ),
        sa.CheckConstraint(
            "state = 'delivered' OR raw IS NOT NULL",
            name=op.f("ck_outside_parcel_raw_until_taken"),
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["outside_thread.id"],
            name=op.f("fk_outside_parcel_thread_id_outside_thread"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_parcel")),
        sa.UniqueConstraint("number", name=op.f("uq_outside_parcel_number")),
    )
    op.create_index(
        op.f("ix_outside_parcel_thread_id"), "outside_parcel", ["thread_id"], unique=False
    )
    op.create_index(
        "ix_outside_parcel_state", "outside_parcel", ["state", "not_before"], unique=False
    )
