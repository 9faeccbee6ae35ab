"""Periods that were measured and published; in whose books somebody is, under which key they count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import refuse

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_VERBS = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Apply."""
    op.add_column("stat_fact", sa.Column("booked", sa.String(7), nullable=True))
    op.add_column("stat_fact", sa.Column("record_key", sa.BigInteger(), nullable=True))
    _fill()
    with op.batch_alter_table("stat_fact") as table:
        table.alter_column("record_key", existing_type=sa.BigInteger(), nullable=False)
    op.create_index("ix_stat_fact_booked", "stat_fact", ["country", "booked"])
    op.create_table(
        "stat_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(3), nullable=False),
        sa.Column("span", sa.String(8), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("plan", sa.String(40), nullable=False),
        sa.Column("rho", sa.Float(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot", sa.String(64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stat_period")),
        sa.UniqueConstraint("country", "period", name=op.f("uq_stat_period_country_period")),
    )
    for verb in _VERBS:
        refuse("stat_period", verb)


def _fill() -> None:
    """The key is 40 bits of the link."""
    connection = op.get_bind()
    fact = sa.table("stat_fact", sa.column("link"), sa.column("record_key"))
    links = connection.execute(sa.select(fact.c.link)).scalars().all()
    rows = [{"of": link, "key": int(link[:10], 16)} for link in links]
    if rows:
        connection.execute(
            sa.update(fact)
            .where(fact.c.link == sa.bindparam("of"))
            .values(record_key=sa.bindparam("key")),
            rows,
        )


def downgrade() -> None:
    """Undo."""
    op.drop_table("stat_period")
    if op.get_bind().dialect.name != "sqlite":
        for verb in _VERBS:
            op.execute(f"DROP FUNCTION stat_period_no_{verb.lower()}()")
    op.drop_index("ix_stat_fact_booked", table_name="stat_fact")
    with op.batch_alter_table("stat_fact") as table:
        for column in ("record_key", "booked"):
            table.drop_column(column)
