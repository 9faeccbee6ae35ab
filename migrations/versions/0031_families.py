"""Families: one group at a time, what persons are to each other, and who must not learn of whom."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from migrations.steps import check_on, rewrite, task_kind

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_STATES = (
    *("pending", "verified", "unverified", "disputed", "ended"),
    *("falsely_attributed", "rejected"),
)
#: The state of a claim before this: none was ever anything but pending.
_BEFORE = ("pending", "verified", "unverified", "falsely_attributed", "rejected")
_ONE = "uq_membership_one_at_a_time"
_LEFT = "ck_membership_left_by_somebody"
_WORD = "ck_membership_link_word"
_BY = "fk_membership_left_by_user_account"
_KEY = f", CONSTRAINT {_BY} FOREIGN KEY(left_by) REFERENCES user_account (id)"


def upgrade() -> None:
    """Apply. Whoever stood in two groups stays in one of them."""
    task_kind("speak_alone", present=True)
    _no_state()
    op.add_column(
        "membership", sa.Column("place", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column("membership", sa.Column("left_on", sa.Date(), nullable=True))
    _left_by()
    op.execute(
        sa.text(
            "UPDATE membership SET left_on = CURRENT_DATE, left_by ="
            " (SELECT registered_by FROM arrival WHERE arrival.person_id = membership.person_id"
            " ORDER BY arrived_on DESC LIMIT 1)"
            " WHERE EXISTS (SELECT 1 FROM membership AS other WHERE"
            " other.person_id = membership.person_id AND other.id > membership.id)"
        )
    )
    check_on("membership", _LEFT, "(left_on IS NULL) = (left_by IS NULL)", present=True)
    open_rows = sa.text("left_on IS NULL")
    op.create_index(
        _ONE,
        "membership",
        ["person_id"],
        unique=True,
        sqlite_where=open_rows,
        postgresql_where=open_rows,
    )
    _kin()
    _no_contact()


def _no_state() -> None:
    """A claim's state goes from the membership to the link."""
    if op.get_bind().dialect.name == "sqlite":
        rewrite("membership", _without_state)
    op.drop_column("membership", "link")


def _without_state(made: str) -> str:
    return re.sub(r",\s*CONSTRAINT ck_membership_link_word CHECK \(link IN \([^)]*\)\)", "", made)


def _left_by() -> None:
    op.add_column("membership", sa.Column("left_by", sa.Uuid(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        rewrite("membership", lambda made: f"{made[: made.rindex(')')]}{_KEY})")
        return
    op.create_foreign_key(op.f(_BY), "membership", "user_account", ["left_by"], ["id"])


def _kin() -> None:
    listed = ", ".join(repr(state) for state in _STATES)
    op.create_table(
        "kin_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(18), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("claim_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({listed})", name=op.f("ck_kin_link_state_word")),
        sa.CheckConstraint("person_id <> other_id", name=op.f("ck_kin_link_of_two_persons")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_kin_link_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_kin_link_other_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_kin_link_recorded_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kin_link")),
        sa.UniqueConstraint("person_id", "other_id", name=op.f("uq_kin_link_person_id_other_id")),
    )
    for column in ("person_id", "other_id"):
        op.create_index(op.f(f"ix_kin_link_{column}"), "kin_link", [column], unique=False)
    _guard("kin_link", "serai_person(person_id) OR serai_person(other_id)")


def _no_contact() -> None:
    op.create_table(
        "no_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("away_from", sa.String(64), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("content_ct", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ended_by IS NULL)", name=op.f("ck_no_contact_ended_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_no_contact_person_id_person")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_no_contact_{column}_user_account")
            )
            for column in ("recorded_by", "ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_contact")),
        sa.UniqueConstraint(
            "person_id", "away_from", name=op.f("uq_no_contact_person_id_away_from")
        ),
    )
    for column in ("person_id", "away_from"):
        op.create_index(op.f(f"ix_no_contact_{column}"), "no_contact", [column], unique=False)
    _guard("no_contact", "serai_person(person_id)")


def _guard(table: str, seen: str) -> None:
    """On PostgreSQL its rows are there for whoever may see a person of theirs (migration 0013)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    seen = f"(SELECT current_setting('serai.role')) = 'system' OR {seen}"
    op.execute(sa.text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    op.execute(sa.text(f"CREATE POLICY agency_new ON {table} FOR INSERT WITH CHECK (true)"))
    for act in ("SELECT", "UPDATE", "DELETE"):
        op.execute(
            sa.text(f"CREATE POLICY agency_{act.lower()} ON {table} FOR {act} USING ({seen})")
        )


def downgrade() -> None:
    """Undo. Who left a group is not of it before either."""
    op.drop_table("no_contact")
    op.drop_table("kin_link")
    op.execute(sa.text("DELETE FROM membership WHERE left_on IS NOT NULL"))
    op.drop_index(_ONE, table_name="membership")
    check_on("membership", _LEFT, "(left_on IS NULL) = (left_by IS NULL)", present=False)
    if op.get_bind().dialect.name == "sqlite":
        rewrite("membership", lambda made: made.replace(_KEY, ""))
    op.drop_column("membership", "left_by")
    op.drop_column("membership", "left_on")
    op.drop_column("membership", "place")
    op.add_column(
        "membership",
        sa.Column("link", sa.String(18), nullable=False, server_default="pending"),
    )
    listed = ", ".join(repr(state) for state in _BEFORE)
    check_on("membership", _WORD, f"link IN ({listed})", present=True)
    op.execute(sa.text("DELETE FROM task WHERE kind = 'speak_alone'"))
    task_kind("speak_alone", present=False)
