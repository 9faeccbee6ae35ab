"""Referrals, packets and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("urgency", sa.String(7), nullable=False),
        sa.Column("legal_basis", sa.String(14), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("refusal_reason", sa.String(15), nullable=True),
        sa.Column("outcome_code", sa.String(18), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.Column("outcome_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "legal_basis IN ('consent', 'vital_interest', 'best_interest', 'legal_duty')",
            name=op.f("ck_referral_legal_basis_word"),
        ),
        sa.CheckConstraint(
            "outcome_code IN ('service_provided', 'procedure_opened', 'referred_onward', 'not_reached', 'declined_by_person', 'other')",
            name=op.f("ck_referral_outcome_code_word"),
        ),
        sa.CheckConstraint(
            "refusal_reason IN ('no_mandate', 'no_capacity', 'outside_area', 'duplicate', 'person_declined', 'unsafe', 'unavailable')",
            name=op.f("ck_referral_refusal_reason_word"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR accepted_by IS NOT NULL",
            name=op.f("ck_referral_accepted_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR refusal_reason IS NOT NULL",
            name=op.f("ck_referral_refused_with_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'accepted', 'refused', 'redirected', 'no_answer', 'withdrawn', 'outcome_reported', 'closed')",
            name=op.f("ck_referral_state_word"),
        ),
        sa.CheckConstraint(
            "urgency IN ('now', 'soon', 'routine')", name=op.f("ck_referral_urgency_word")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["user_account.id"], name=op.f("fk_referral_accepted_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_referral_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_referral_consent_id_consent")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_referral_desk_id_desk")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_referral_need_id_need")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_referral_person_id_person")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_referral_post_id_post")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["referral.id"], name=op.f("fk_referral_previous_id_referral")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["user_account.id"], name=op.f("fk_referral_sent_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("number", name=op.f("uq_referral_number")),
    )
    op.create_index(op.f("ix_referral_case_id"), "referral", ["case_id"], unique=False)
    op.create_index(
        "ix_referral_queue",
        "referral",
        ["desk_id", "state", "urgency", "due_at", "number"],
        unique=False,
    )
    op.create_index(
        "ix_referral_taken", "referral", ["desk_id", "state", "answered_at"], unique=False
    )
    op.create_index(op.f("ix_referral_need_id"), "referral", ["need_id"], unique=False)
    op.create_index(op.f("ix_referral_post_id"), "referral", ["post_id"], unique=False)
    op.create_index("ix_referral_state_due", "referral", ["state", "due_at"], unique=False)
    op.create_table(
        "packet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs_ct", sa.LargeBinary(), nullable=True),
        sa.Column("identity_ct", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_packet_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_packet_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_packet_referral_id")),
    )
    op.create_index(op.f("ix_packet_person_id"), "packet", ["person_id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(40), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('referral', 'decision', 'outcome', 'withdrawal', 'escalation')",
            name=op.f("ck_letter_kind_word"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'leased', 'delivered', 'stuck')",
            name=op.f("ck_letter_state_word"),
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_letter_desk_id_desk")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_letter_post_id_post")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_letter_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
    )
    op.create_index(op.f("ix_letter_referral_id"), "letter", ["referral_id"], unique=False)
    op.create_index("ix_letter_state_after", "letter", ["state", "not_before"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("letter")
    op.drop_table("packet")
    op.drop_table("referral")
