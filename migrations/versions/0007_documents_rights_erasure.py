"""Documents in sealed pieces; requests and corrections of persons; files kept back, proposed, and erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import task_kind

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = (
    "erasure",
    "erasure_proposal",
    "kept_back",
    "correction",
    "person_request",
    "document_piece",
    "document",
)
_KIND = "answer_request"


def upgrade() -> None:
    """Apply."""
    _documents()
    _requests()
    _erasures()
    task_kind(_KIND, present=True)


def downgrade() -> None:
    """Undo."""
    op.execute(sa.text("DELETE FROM task WHERE kind = :kind").bindparams(kind=_KIND))
    task_kind(_KIND, present=False)
    for table in _TABLES:
        op.drop_table(table)


def _documents() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link", sa.String(32), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("identity_ct", sa.LargeBinary(), nullable=True),
        sa.Column("protection_ct", sa.LargeBinary(), nullable=True),
        sa.Column("medical_ct", sa.LargeBinary(), nullable=True),
        sa.Column("legal_ct", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("size_class", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_document_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_link"), "document", ["link"], unique=False)
    op.create_table(
        "document_piece",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_piece_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_piece")),
        sa.UniqueConstraint(
            "document_id", "sequence", name=op.f("uq_document_piece_document_id_sequence")
        ),
    )
    op.create_index(
        op.f("ix_document_piece_document_id"), "document_piece", ["document_id"], unique=False
    )


def _requests() -> None:
    op.create_table(
        "person_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(11), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("says_ct", sa.LargeBinary(), nullable=True),
        sa.Column("answer_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (answered_on IS NULL)",
            name=op.f("ck_person_request_answered_on_a_day"),
        ),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'erasure', 'objection', 'restriction', 'complaint')",
            name=op.f("ck_person_request_kind_word"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'refused', 'withdrawn')",
            name=op.f("ck_person_request_state_word"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["user_account.id"],
            name=op.f("fk_person_request_answered_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_person_request_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_request_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["user_account.id"],
            name=op.f("fk_person_request_recorded_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_request")),
    )
    op.create_index(op.f("ix_person_request_case_id"), "person_request", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_person_request_person_id"), "person_request", ["person_id"], unique=False
    )
    op.create_index(
        "ix_person_request_state_due", "person_request", ["state", "due_on"], unique=False
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_correction_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_correction_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["user_account.id"],
            name=op.f("fk_correction_recorded_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_case_id"), "correction", ["case_id"], unique=False)
    op.create_index(op.f("ix_correction_person_id"), "correction", ["person_id"], unique=False)


def _erasures() -> None:
    op.create_table(
        "kept_back",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("reason_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_kept_back_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["user_account.id"], name=op.f("fk_kept_back_ended_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_kept_back_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["user_account.id"], name=op.f("fk_kept_back_set_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_back")),
    )
    op.create_index(op.f("ix_kept_back_case_id"), "kept_back", ["case_id"], unique=False)
    op.create_index(op.f("ix_kept_back_person_id"), "kept_back", ["person_id"], unique=False)
    op.create_table(
        "erasure_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(9), nullable=False),
        sa.Column("schedule", sa.String(40), nullable=False),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("first_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ground IN ('retention', 'request', 'mistake')",
            name=op.f("ck_erasure_proposal_ground_word"),
        ),
        sa.CheckConstraint(
            "state <> 'erased' OR (first_by IS NOT NULL AND approved_by IS NOT NULL)",
            name=op.f("ck_erasure_proposal_erased_by_two"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'refused', 'erased')", name=op.f("ck_erasure_proposal_state_word")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> first_by",
            name=op.f("ck_erasure_proposal_approved_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["user_account.id"],
            name=op.f("fk_erasure_proposal_approved_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_erasure_proposal_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["first_by"],
            ["user_account.id"],
            name=op.f("fk_erasure_proposal_first_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_erasure_proposal_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_proposal")),
    )
    op.create_index(
        op.f("ix_erasure_proposal_case_id"), "erasure_proposal", ["case_id"], unique=False
    )
    op.create_index(
        op.f("ix_erasure_proposal_person_id"), "erasure_proposal", ["person_id"], unique=False
    )
    op.create_index(
        "ix_erasure_proposal_state", "erasure_proposal", ["state", "proposed_on"], unique=False
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("certificate", sa.JSON(), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("number", name=op.f("uq_erasure_number")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasure_person_id")),
    )
