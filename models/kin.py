"""What persons are to each other, as claimed; and who must not learn of whom.

Both speak of two persons, and go when either is erased. What was said is sealed for the person of whose talk
it is.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import Word, words
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import LinkState, Purpose


class KinLink(Base, Versioned):
    """That `person_id` is said to be something to `other_id`: a claim, and how far it is known.

    `claim` is {relationship, history}: the code of relationships.csv ("the mother *of*"), and each thing that
    was said or found: {state, at, on, said_by, evidence, says}, `on` being the person on whose page it was
    recorded. No row makes an adult the guardian of a child (INV-28).
    """

    __tablename__ = "kin_link"
    __table_args__ = (
        UniqueConstraint("person_id", "other_id"),
        words("state", LinkState),
        CheckConstraint("person_id <> other_id", name="of_two_persons"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[LinkState] = mapped_column(Word(LinkState), default=LinkState.PENDING)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_on: Mapped[date]

    claim = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True, padding=Padding.FORM)


class NoContact(Base, Versioned):
    """That a person must be kept from another, who must not know it.

    `away_from` is a keyed token of the other: the database alone does not tell from whom somebody hides.
    `content` is {other, said_by, why, at}.
    """

    __tablename__ = "no_contact"
    __table_args__ = (
        UniqueConstraint("person_id", "away_from"),
        CheckConstraint("(ended_on IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    away_from: Mapped[str] = mapped_column(String(64), index=True)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)
