"""Keys of agencies; referrals that cross installations, and their letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _keys()
    _threads()
    _letters()


def downgrade() -> None:
    """Undo."""
    op.drop_table("outside_letter")
    op.drop_table("outside_thread")
    op.drop_table("agency_key")


def _keys() -> None:
    op.create_table(
        "agency_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(60), nullable=False),
        sa.Column("kid", sa.String(32), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("suite", sa.String(15), nullable=False),
        sa.Column("state", sa.String(11), nullable=False),
        sa.Column("seal_public", sa.Text(), nullable=False),
        sa.Column("sign_public", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(32), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vouched", sa.String(64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "suite IN ('mlkem768-x25519', 'x25519')", name=op.f("ck_agency_key_suite_word")
        ),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'active', 'revoked')", name=op.f("ck_agency_key_state_word")
        ),
        sa.CheckConstraint("own OR secret IS NULL", name=op.f("ck_agency_key_secret_of_own_only")),
        sa.CheckConstraint(
            "(state = 'revoked') = (revoked_at IS NOT NULL)",
            name=op.f("ck_agency_key_revoked_when"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_agency_key_kid")),
    )
    op.create_index("ix_agency_key_agency", "agency_key", ["agency", "state"], unique=False)


def _threads() -> None:
    op.create_table(
        "outside_thread",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.String(32), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("ours", sa.String(60), nullable=False),
        sa.Column("peer", sa.String(60), nullable=False),
        sa.Column("packet_sha256", sa.String(64), nullable=True),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs_ct", sa.LargeBinary(), nullable=True),
        sa.Column("identity_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "side IN ('sender', 'receiver')", name=op.f("ck_outside_thread_side_word")
        ),
        sa.CheckConstraint(
            "state IN ('sealed', 'received', 'accepted', 'identified', 'refused', "
            "'outcome_reported', 'withdrawn', 'receipted')",
            name=op.f("ck_outside_thread_state_word"),
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_outside_thread_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_thread")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_outside_thread_referral_id")),
        sa.UniqueConstraint("thread", "side", name=op.f("uq_outside_thread_thread_side")),
    )


def _letters() -> None:
    op.create_table(
        "outside_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("outgoing", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("kid", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('referral', 'identity', 'withdrawal', 'answer')",
            name=op.f("ck_outside_letter_kind_word"),
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["outside_thread.id"],
            name=op.f("fk_outside_letter_thread_id_outside_thread"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_letter")),
        sa.UniqueConstraint("number", "outgoing", name=op.f("uq_outside_letter_number_outgoing")),
    )
    op.create_index(
        op.f("ix_outside_letter_thread_id"), "outside_letter", ["thread_id"], unique=False
    )
    op.create_index("ix_outside_letter_kid", "outside_letter", ["kid", "outgoing"], unique=False)
