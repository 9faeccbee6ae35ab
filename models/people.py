"""Persons, the groups they travel in, their arrivals and consents.

Everything that says who somebody is, is sealed (architecture.md 4). In the clear stay random ids, the
post, and the day of change.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.vault import presence
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import Purpose

# Absence must not show (security.md 0.5): from here on no sealed field of anybody is NULL.
presence.watch()


class Person(Base, Versioned):
    """Somebody on the move.

    `names` is a list of {form, script, kind}: as given, in own script, from a document. One form is
    enough: mononyms are legal. `birth` is {kind: date|year|age|between|unknown, ...} as stated; an
    assessment of age never edits it (INV-08). `traits` holds sex, nationality, languages, interpreter.
    """

    __tablename__ = "person"

    created_on: Mapped[date]
    changed_on: Mapped[date]

    names = Sealed[list[dict[str, Any]]](Purpose.IDENTITY, as_json=True, padding=Padding.FORM)
    birth = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True, padding=Padding.CODE)
    traits = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True, padding=Padding.FORM)
    documents = Sealed[list[dict[str, Any]]](Purpose.IDENTITY, as_json=True, padding=Padding.FORM)
    contact = Sealed[dict[str, Any]](Purpose.CONTACT, as_json=True, padding=Padding.CODE)

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row."""
        return self.id


class Group(Base, Versioned):
    """Persons who travel together, registered at a post. Who is what to whom is `models.kin`."""

    __tablename__ = "travel_group"

    created_on: Mapped[date]
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))


class Membership(Base, Versioned):
    """That a person is of a group: of one at a time. What they are to each other is `models.kin`.

    `claim` is {joined, left: {because, says}}. Rows of before may hold {claims: [{relationship, to}]}.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("group_id", "person_id"),
        CheckConstraint("(left_on IS NULL) = (left_by IS NULL)", name="left_by_somebody"),
        Index(
            "uq_membership_one_at_a_time",
            "person_id",
            unique=True,
            sqlite_where=text("left_on IS NULL"),
            postgresql_where=text("left_on IS NULL"),
        ),
    )

    group_id: Mapped[UUID] = mapped_column(ForeignKey("travel_group.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    #: The order in which they came into the group, so that a page lists a family as it was told.
    place: Mapped[int] = mapped_column(default=1)
    left_on: Mapped[date | None]
    left_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    claim = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True, padding=Padding.FORM)


class Arrival(Base, Versioned):
    """One time a person meets a post. The exact moment and the route are sealed."""

    __tablename__ = "arrival"
    __table_args__ = (Index("ix_arrival_post_day", "post_id", "arrived_on"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    arrived_on: Mapped[date]
    registered_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))

    circumstances = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True, padding=Padding.CODE)


class Consent(Base, Versioned):
    """Purpose x recipient x fields, in a language. Refusing never reduces access.

    It counts up to and with `expires_on`. `withdrawn_on` is the day on which the person objected after it, or
    took it back. `terms` is {purpose, recipient, fields, language, interpreter, how, text_version, given,
    until}.
    """

    __tablename__ = "consent"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_on: Mapped[date]
    expires_on: Mapped[date | None] = mapped_column(index=True)
    withdrawn_on: Mapped[date | None]
    desk: Mapped[str | None] = mapped_column(String(60))
    #: When somebody was given the task to ask anew, before it ends.
    reminded_on: Mapped[date | None]

    terms = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True, padding=Padding.FORM)
