"""Versions of packs: archives by hash, versions with two signatures, their days, trials beside the one in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import refuse

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: What was published and what assessments rest on stays: the databases refuse to delete it.
_KEPT = ("pack_archive", "pack_version", "pack_slice")


def upgrade() -> None:
    """Apply."""
    _archives()
    _versions()
    _trials()
    for table in _KEPT:
        refuse(table, "DELETE")
    refuse("pack_archive", "UPDATE")


def _archives() -> None:
    op.create_table(
        "pack_archive",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("pack", sa.String(8), nullable=False),
        sa.Column("country", sa.String(3), nullable=True),
        sa.Column("label", sa.String(20), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_archive")),
        sa.UniqueConstraint("sha256", name=op.f("uq_pack_archive_sha256")),
    )


def _versions() -> None:
    op.create_table(
        "pack_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pack", sa.String(8), nullable=False),
        sa.Column("label", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("restores", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_mac", sa.String(64), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewer_mac", sa.String(64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checks", sa.JSON(), nullable=True),
        sa.Column("differences", sa.JSON(), nullable=True),
        sa.Column("shadow", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'testing', 'in_force', 'retired')",
            name=op.f("ck_pack_version_state_word"),
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> author_id",
            name=op.f("ck_pack_version_reviewed_by_another"),
        ),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewer_mac IS NULL)",
            name=op.f("ck_pack_version_reviewer_has_signed"),
        ),
        sa.CheckConstraint(
            "state <> 'in_force' OR (reviewed_by IS NOT NULL AND in_force_at IS NOT NULL)",
            name=op.f("ck_pack_version_in_force_by_two"),
        ),
        sa.CheckConstraint(
            "(state = 'retired') = (retired_at IS NOT NULL)",
            name=op.f("ck_pack_version_retired_has_a_time"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["pack_archive.sha256"], name=op.f("fk_pack_version_sha256_pack_archive")
        ),
        sa.ForeignKeyConstraint(
            ["restores"], ["pack_version.id"], name=op.f("fk_pack_version_restores_pack_version")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_pack_version_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"],
            ["user_account.id"],
            name=op.f("fk_pack_version_reviewed_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_version")),
    )
    op.create_index(
        "uq_pack_version_in_force",
        "pack_version",
        ["pack"],
        unique=True,
        sqlite_where=sa.text("state = 'in_force'"),
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_index("ix_pack_version_pack", "pack_version", ["pack", "created_at"], unique=False)
    op.create_index(op.f("ix_pack_version_sha256"), "pack_version", ["sha256"], unique=False)
    op.create_table(
        "pack_slice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["pack_version.id"], name=op.f("fk_pack_slice_version_id_pack_version")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["pack_archive.sha256"], name=op.f("fk_pack_slice_sha256_pack_archive")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_slice")),
        sa.UniqueConstraint(
            "version_id", "from_day", name=op.f("uq_pack_slice_version_id_from_day")
        ),
    )
    op.create_index(op.f("ix_pack_slice_version_id"), "pack_slice", ["version_id"], unique=False)


def _trials() -> None:
    op.create_table(
        "pack_trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["pack_version.id"], name=op.f("fk_pack_trial_version_id_pack_version")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_pack_trial_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pack_trial_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_trial")),
        sa.UniqueConstraint("version_id", "case_id", name=op.f("uq_pack_trial_version_id_case_id")),
    )
    op.create_index(op.f("ix_pack_trial_case_id"), "pack_trial", ["case_id"], unique=False)
    op.create_index(op.f("ix_pack_trial_person_id"), "pack_trial", ["person_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    for table in ("pack_trial", "pack_slice", "pack_version", "pack_archive"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for name in (*(f"{table}_no_delete" for table in _KEPT), "pack_archive_no_update"):
            op.execute(f"DROP FUNCTION {name}()")
