"""Where people sleep: sites that desks keep, rooms with beds and whom they are for, and stays.

Where somebody sleeps is what a trafficker looks for. A row of a stay names the desk, which its referral does
already, and no site or room: the room is found by a keyed link, and times and reasons are sealed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import OutReason, OverReason, Purpose, StayState


class Site(Base, Versioned):
    """A house, centre or camp where a desk keeps beds. Its name names no person."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("desk_id", "name"),)

    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))


class Room(Base, Versioned):
    """A room of a site: how many beds, how many of them out of use, and for whom (empty lists: everybody).

    `taken` and `turn` are moved by conditional UPDATEs alone, without a new `version`: `turn` counts whoever
    came or went, so that a decision about who is inside is one about who still is. `extra`: how many more
    than it has beds a named supervisor has allowed until a moment; why is sealed with the keyring.
    """

    __tablename__ = "room"
    __table_args__ = (
        UniqueConstraint("site_id", "label"),
        words("out_reason", OutReason),
        words("extra_reason", OverReason),
        CheckConstraint("beds > 0", name="beds_at_all"),
        CheckConstraint("taken >= 0", name="taken_not_below_none"),
        CheckConstraint("out_of_use >= 0 AND out_of_use <= beds", name="out_of_what_it_has"),
        CheckConstraint("(out_of_use = 0) = (out_reason IS NULL)", name="out_for_a_reason"),
        CheckConstraint(
            "(extra = 0) = (extra_by IS NULL) AND (extra = 0) = (extra_until IS NULL)"
            " AND (extra = 0) = (extra_reason IS NULL)",
            name="extra_by_somebody",
        ),
    )

    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    label: Mapped[str] = mapped_column(String(40))
    beds: Mapped[int]
    out_of_use: Mapped[int] = mapped_column(default=0)
    out_reason: Mapped[OutReason | None] = mapped_column(Word(OutReason))
    taken: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    open: Mapped[bool] = mapped_column(default=True)
    sexes: Mapped[list[str]] = mapped_column(JSON, default=list)
    ages: Mapped[list[str]] = mapped_column(JSON, default=list)
    companies: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: Up to which age a child of the other sex sleeps here with its family; 0: at no age.
    children_until: Mapped[int] = mapped_column(default=0)
    extra: Mapped[int] = mapped_column(default=0)
    extra_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extra_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    extra_reason: Mapped[OverReason | None] = mapped_column(Word(OverReason))
    extra_note: Mapped[bytes | None] = mapped_column(LargeBinary)


class Stay(Base, Versioned):
    """That a bed is kept for somebody, or that they sleep in it. `room_link`: the keyed link to the room.

    `detail` is {kept_at, came_at, left_at, ended, apart, asked_alone, note}.
    """

    __tablename__ = "stay"
    __table_args__ = (
        words("state", StayState),
        CheckConstraint("(state = 'gone') = (until_on IS NOT NULL)", name="gone_on_a_day"),
        Index("ix_stay_desk_state", "desk_id", "state"),
        Index("ix_stay_room_link_state", "room_link", "state"),
        # Nobody sleeps in two beds, nor are two kept for them.
        Index(
            "uq_stay_person_expected",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'expected'"),
            postgresql_where=text("state = 'expected'"),
        ),
        Index(
            "uq_stay_person_here",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'here'"),
            postgresql_where=text("state = 'here'"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    room_link: Mapped[str] = mapped_column(String(64))
    state: Mapped[StayState] = mapped_column(Word(StayState), default=StayState.EXPECTED)
    placed_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    since_on: Mapped[date]
    until_on: Mapped[date | None]

    detail = Sealed[dict[str, Any]](Purpose.CONTACT, as_json=True, padding=Padding.FORM)
