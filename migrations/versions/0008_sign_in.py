"""Factors of accounts: passkeys, recovery codes, identities elsewhere; challenges answered; sealed drafts.

Sessions are made anew with what opened them. Those that are open end: everybody signs in again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FACTORS = "factor IN ('code', 'passkey', 'recovery', 'provider')"
_FLAGS = ("must_change_password", "needs_passkey")
_TABLES = ("draft", "external_identity", "used_challenge", "recovery_code", "passkey")


def upgrade() -> None:
    """Apply."""
    for name in _FLAGS:
        op.add_column(
            "user_account",
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.drop_table("user_session")
    _sessions(
        sa.Column("factor", sa.String(8), nullable=False),
        sa.Column("address_mac", sa.String(64), nullable=True),
        sa.Column("device_ct", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(_FACTORS, name=op.f("ck_user_session_factor_word")),
    )
    _of_account(
        "passkey",
        sa.Column("credential_sha256", sa.String(64), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credential_ct", sa.LargeBinary(), nullable=True),
        sa.Column("label_ct", sa.LargeBinary(), nullable=True),
        sa.UniqueConstraint("credential_sha256", name=op.f("uq_passkey_credential_sha256")),
    )
    _of_account(
        "recovery_code",
        sa.Column("code_mac", sa.String(64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("user_id", "code_mac", name=op.f("uq_recovery_code_user_id_code_mac")),
        indexed=False,
    )
    _of_account(
        "external_identity",
        sa.Column("subject_mac", sa.String(64), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_ct", sa.LargeBinary(), nullable=True),
        sa.UniqueConstraint("subject_mac", name=op.f("uq_external_identity_subject_mac")),
    )
    _of_account(
        "draft",
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
    )
    _challenges()


def downgrade() -> None:
    """Undo."""
    for table in _TABLES:
        op.drop_table(table)
    op.drop_table("user_session")
    _sessions()
    for name in _FLAGS:
        op.drop_column("user_account", name)


def _sessions(*more: sa.Column[object] | sa.CheckConstraint) -> None:
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_user_session_token_sha256")),
    )
    op.create_index("ix_user_session_user", "user_session", ["user_id", "ended_at"], unique=False)


def _of_account(
    table: str, *more: sa.Column[object] | sa.UniqueConstraint, indexed: bool = True
) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    if indexed:
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"], unique=False)


def _challenges() -> None:
    op.create_table(
        "used_challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("nonce_sha256", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_used_challenge")),
        sa.UniqueConstraint("nonce_sha256", name=op.f("uq_used_challenge_nonce_sha256")),
    )
    op.create_index(
        op.f("ix_used_challenge_expires_at"), "used_challenge", ["expires_at"], unique=False
    )
