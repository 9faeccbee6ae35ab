"""What persons ask of those who keep their file, corrections beside the original, files kept back, erasures.

Clear are kinds, states and days, which the queues and clocks need; what was said is sealed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import ErasureGround, ProposalState, Purpose, RequestKind, RequestState


class PersonRequest(Base, Versioned):
    """What a person asks: to see, correct, erase, object, restrict, complain. `says`, `answer`: {text}."""

    __tablename__ = "person_request"
    __table_args__ = (
        words("kind", RequestKind),
        words("state", RequestState),
        CheckConstraint("(state = 'open') = (answered_on IS NULL)", name="answered_on_a_day"),
        Index("ix_person_request_state_due", "state", "due_on"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(Word(RequestKind))
    state: Mapped[RequestState] = mapped_column(Word(RequestState), default=RequestState.OPEN)
    received_on: Mapped[date]
    due_on: Mapped[date]
    #: Who took it; empty where the person asked alone, with the code of their receipt.
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_on: Mapped[date | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    says = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True)
    answer = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True)


class Correction(Base):
    """What the person says is right, beside what was recorded. Append-only; the original stays as it is.

    `content` is {about, says, at}: the exact time is sealed.
    """

    __tablename__ = "correction"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_on: Mapped[date]

    content = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True)


class KeptBack(Base, Versioned):
    """A legal hold: as long as it lasts nothing of the person is erased. `reason` is {text}."""

    __tablename__ = "kept_back"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    reason = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True, padding=Padding.FORM)


class ErasureProposal(Base, Versioned):
    """That a file should be erased, and why. A proposal of the machine names nobody as its first human."""

    __tablename__ = "erasure_proposal"
    __table_args__ = (
        words("ground", ErasureGround),
        words("state", ProposalState),
        CheckConstraint(
            "approved_by IS NULL OR approved_by <> first_by", name="approved_by_another"
        ),
        CheckConstraint(
            "state <> 'erased' OR (first_by IS NOT NULL AND approved_by IS NOT NULL)",
            name="erased_by_two",
        ),
        Index("ix_erasure_proposal_state", "state", "proposed_on"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    ground: Mapped[ErasureGround] = mapped_column(Word(ErasureGround))
    #: The row of the schedule (config/data/retention.csv) that has run out; empty for other grounds.
    schedule: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[ProposalState] = mapped_column(Word(ProposalState), default=ProposalState.OPEN)
    proposed_on: Mapped[date]
    first_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))


class Erasure(Base):
    """The tombstone of an erased person, and the certificate: what was erased, when, by whom, never who.

    `person_id` is a bare random id, so that a restored backup can be brought into line.
    """

    __tablename__ = "erasure"

    person_id: Mapped[UUID] = mapped_column(unique=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    certificate: Mapped[dict[str, Any]] = mapped_column(JSON)
    signature: Mapped[str] = mapped_column(String(128))
