"""What desks write and arrange while they work on a case: notes, flags, appointments.

What was said is sealed. Clear are days, desks and who may read, by which lists are filtered.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import AppointmentState, NoteAudience, Purpose


class CaseNote(Base):
    """What an officer wrote down on a case. Append-only: a further note corrects, the first one stays.

    One of the two fields holds {text, at, withheld}; which one follows from the audience, so that a body
    that is given no protection purpose cannot open what was written for protection alone.
    """

    __tablename__ = "case_note"
    __table_args__ = (words("audience", NoteAudience),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    audience: Mapped[NoteAudience] = mapped_column(Word(NoteAudience))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_on: Mapped[date]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_note.id"))

    shared = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True)
    protected = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True)


class CaseFlag(Base, Versioned):
    """An instruction to whoever meets the person, until a day. `content` is {kinds, text, at}.

    The kinds are sealed too: that a woman must be heard by a woman says much to a thief of the database.
    """

    __tablename__ = "case_flag"
    __table_args__ = (
        CheckConstraint("expires_on >= raised_on", name="expires_after_it_is_raised"),
        CheckConstraint("(ended_on IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    raised_on: Mapped[date]
    expires_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)


class Appointment(Base, Versioned):
    """When and where a desk meets the person. `content` is {place, bring, at}.

    Place and what to bring are sealed; the time is not, since the list of the day is ordered by it.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        words("state", AppointmentState),
        CheckConstraint("state = 'planned' OR settled_by IS NOT NULL", name="settled_by_somebody"),
        Index("ix_appointment_desk_day", "desk_id", "starts_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[AppointmentState] = mapped_column(
        Word(AppointmentState), default=AppointmentState.PLANNED
    )
    made_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    moved_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"))

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)


class Reopening(Base):
    """That a closed case was opened again, by whom, and since when it had been closed. Append-only.

    `reason` is {text, at}.
    """

    __tablename__ = "reopening"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reopened_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    reopened_on: Mapped[date]
    closed_on: Mapped[date]

    reason = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True, padding=Padding.FORM)


class WayOn(Base):
    """How it may go on: what was offered, where somebody moves on, a solution, a return. Append-only.

    `content` is {kind, at, ...}: also what kind of row it is, is sealed.
    """

    __tablename__ = "way_on"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_on: Mapped[date]

    content = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True, padding=Padding.FORM)
