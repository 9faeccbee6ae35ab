"""Sites, rooms with beds, and stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.steps import case_table

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _site()
    _room()
    _stay()


def downgrade() -> None:
    """Undo."""
    op.drop_table("stay")
    op.drop_table("room")
    op.drop_table("site")


def _site() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_site_desk_id_desk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("desk_id", "name", name=op.f("uq_site_desk_id_name")),
    )
    op.create_index(op.f("ix_site_desk_id"), "site", ["desk_id"], unique=False)


def _room() -> None:
    numbers = ("beds", "out_of_use", "taken", "turn", "children_until", "extra")
    op.create_table(
        "room",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "site_id")),
        sa.Column("label", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("out_reason", sa.String(8), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("sexes", "ages", "companies")),
        sa.Column("extra_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extra_by", sa.Uuid(), nullable=True),
        sa.Column("extra_reason", sa.String(15), nullable=True),
        sa.Column("extra_note", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "out_reason IN ('repair', 'cleaning', 'illness', 'no_staff', 'other')",
            name=op.f("ck_room_out_reason_word"),
        ),
        sa.CheckConstraint(
            "extra_reason IN ('many_arrivals', 'family_together', 'other_site_shut', 'weather', 'other')",
            name=op.f("ck_room_extra_reason_word"),
        ),
        *_checks_of_room(),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_room_site_id_site")),
        sa.ForeignKeyConstraint(
            ["extra_by"], ["user_account.id"], name=op.f("fk_room_extra_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("site_id", "label", name=op.f("uq_room_site_id_label")),
    )
    op.create_index(op.f("ix_room_site_id"), "room", ["site_id"], unique=False)


def _checks_of_room() -> list[sa.CheckConstraint]:
    checks = {
        "beds_at_all": "beds > 0",
        "taken_not_below_none": "taken >= 0",
        "out_of_what_it_has": "out_of_use >= 0 AND out_of_use <= beds",
        "out_for_a_reason": "(out_of_use = 0) = (out_reason IS NULL)",
        "extra_by_somebody": (
            "(extra = 0) = (extra_by IS NULL) AND (extra = 0) = (extra_until IS NULL)"
            " AND (extra = 0) = (extra_reason IS NULL)"
        ),
    }
    return [sa.CheckConstraint(text, name=op.f(f"ck_room_{name}")) for name, text in checks.items()]


def _stay() -> None:
    case_table(
        "stay",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("room_link", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("detail_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('expected', 'here', 'gone')", name=op.f("ck_stay_state_word")
        ),
        sa.CheckConstraint(
            "(state = 'gone') = (until_on IS NOT NULL)", name=op.f("ck_stay_gone_on_a_day")
        ),
        desk_id="desk",
        placed_by="user_account",
    )
    op.create_index("ix_stay_desk_state", "stay", ["desk_id", "state"], unique=False)
    op.create_index("ix_stay_room_link_state", "stay", ["room_link", "state"], unique=False)
    for state in ("expected", "here"):
        op.create_index(
            f"uq_stay_person_{state}",
            "stay",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text(f"state = '{state}'"),
            postgresql_where=sa.text(f"state = '{state}'"),
        )
