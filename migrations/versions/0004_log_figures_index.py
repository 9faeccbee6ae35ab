"""The log, figures and releases, segments of the name index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "log_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("session", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(32), nullable=True),
        sa.Column("purpose", sa.String(120), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("stream", "counter", name=op.f("uq_log_entry_stream_counter")),
    )
    op.create_index("ix_log_entry_act_at", "log_entry", ["act", "at", "actor"], unique=False)
    op.create_index("ix_log_entry_subject_at", "log_entry", ["subject", "at"], unique=False)
    op.create_table(
        "log_head",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
        sa.UniqueConstraint("stream", name=op.f("uq_log_head_stream")),
    )
    op.create_table(
        "stat_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("post", sa.String(40), nullable=False),
        sa.Column("province", sa.String(80), nullable=False),
        sa.Column("country", sa.String(3), nullable=False),
        sa.Column("region", sa.String(40), nullable=False),
        sa.Column("sex", sa.String(1), nullable=False),
        sa.Column("age_band", sa.String(7), nullable=False),
        sa.Column("profiles", sa.String(200), nullable=False),
        sa.Column("needs", sa.String(300), nullable=False),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.Column("referral", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("acknowledged", sa.String(8), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.CheckConstraint(
            "acknowledged IN ('24h', '72h', '2w', 'later', 'none', 'not_sent')",
            name=op.f("ck_stat_fact_acknowledged_word"),
        ),
        sa.CheckConstraint(
            "age_band IN ('0-4', '5-11', '12-17', '18-59', '60+', 'unknown')",
            name=op.f("ck_stat_fact_age_band_word"),
        ),
        sa.CheckConstraint("sex IN ('F', 'M', 'X', 'U')", name=op.f("ck_stat_fact_sex_word")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stat_fact")),
        sa.UniqueConstraint("link", name=op.f("uq_stat_fact_link")),
    )
    op.create_index(
        "ix_stat_fact_board",
        "stat_fact",
        ["country", "week", "post", "month", "sex", "age_band", "profiles"],
        unique=False,
    )
    op.create_index("ix_stat_fact_month", "stat_fact", ["month", "country", "post"], unique=False)
    op.create_table(
        "stat_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stat_release")),
    )
    op.create_table(
        "name_segment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_segment")),
        sa.UniqueConstraint("seq", name=op.f("uq_name_segment_seq")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("name_segment")
    op.drop_table("stat_release")
    op.drop_table("stat_fact")
    op.drop_table("log_head")
    op.drop_table("log_entry")
