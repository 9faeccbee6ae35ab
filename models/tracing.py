"""Looking for family: who is sought, blinded keys to match by across scripts and agencies, and candidates.

Names are sealed. Keys are keyed digests of pairs of name skeletons (`workflows.names.keys`), of open requests
alone; a thief of the database learns from them that two of a handful of people seek like names, and no name.
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
from models.vocabulary import CandidateState, Purpose, TracingState


class TracingRequest(Base, Versioned):
    """That the person of a case looks for somebody.

    `content` is {names, relation, sex, years: [first, last], place, when, says, at, end: {says}}: relation is
    what the sought one is to the person; place and when, where they were last seen.
    """

    __tablename__ = "tracing_request"
    __table_args__ = (
        words("state", TracingState),
        CheckConstraint("(state = 'open') = (ended_on IS NULL)", name="ended_on_a_day"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    opened_on: Mapped[date]
    state: Mapped[TracingState] = mapped_column(Word(TracingState), default=TracingState.OPEN)
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)


class TracingKey(Base):
    """One blinded key of an open request: of the sought one's names, or of the person's own."""

    __tablename__ = "tracing_key"
    __table_args__ = (UniqueConstraint("request_id", "sought", "token"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("tracing_request.id"), index=True)
    sought: Mapped[bool]
    token: Mapped[str] = mapped_column(String(24), index=True)


class TracingCandidate(Base, Versioned):
    """Somebody who may be the sought one: nothing is told to either of them by this row.

    `content` is {reasons, mutual, says}; mutual: the other seeks one like this person too.
    """

    __tablename__ = "tracing_candidate"
    __table_args__ = (
        words("state", CandidateState),
        UniqueConstraint("request_id", "other_person_id"),
        CheckConstraint("(decided_on IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("tracing_request.id"), index=True)
    other_case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    other_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    found_on: Mapped[date]
    state: Mapped[CandidateState] = mapped_column(Word(CandidateState), default=CandidateState.NEW)
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.CODE)
