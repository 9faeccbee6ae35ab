"""Referrals, the packets they disclose, and the outbox that carries them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import (
    LegalBasis,
    LetterKind,
    LetterState,
    OutcomeCode,
    Purpose,
    QuestionReason,
    ReferralState,
    RefusalReason,
    Urgency,
    WithdrawalWish,
)


class Referral(Base, Versioned):
    """A request to a desk to meet a need. The sender keeps the duty until the desk accepts.

    `content` is {need, note}; the need's code is sealed, the desk is not: the queue needs it.
    """

    __tablename__ = "referral"
    __table_args__ = (
        words("state", ReferralState),
        words("urgency", Urgency),
        words("legal_basis", LegalBasis),
        words("refusal_reason", RefusalReason),
        words("outcome_code", OutcomeCode),
        words("withdrawal_wish", WithdrawalWish),
        CheckConstraint(
            "state <> 'refused' OR refusal_reason IS NOT NULL", name="refused_with_reason"
        ),
        CheckConstraint(
            "state <> 'accepted' OR accepted_by IS NOT NULL", name="accepted_by_somebody"
        ),
        CheckConstraint(
            "state <> 'waiting_list' OR expected_on IS NOT NULL", name="listed_until_a_day"
        ),
        # The queue is walked in its own order, urgency by urgency; those taken, newest answer first.
        Index("ix_referral_queue", "desk_id", "state", "urgency", "due_at", "number"),
        Index("ix_referral_taken", "desk_id", "state", "answered_at"),
        Index("ix_referral_state_due", "state", "due_at"),
    )

    number: Mapped[str] = mapped_column(String(12), unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    state: Mapped[ReferralState] = mapped_column(Word(ReferralState))
    urgency: Mapped[Urgency] = mapped_column(Word(Urgency))
    legal_basis: Mapped[LegalBasis] = mapped_column(Word(LegalBasis))
    consent_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent.id"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    refusal_reason: Mapped[RefusalReason | None] = mapped_column(Word(RefusalReason))
    outcome_code: Mapped[OutcomeCode | None] = mapped_column(Word(OutcomeCode))
    step: Mapped[int] = mapped_column(default=0)
    #: When it came into the desk's queue, and when somebody there first opened it.
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Start of the clock that `due_at` ends; None: it was sent then.
    clock_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What the desk has left of its time while the sender answers a question.
    left_seconds: Mapped[int | None]
    #: How often the desk has asked the sender something.
    asked: Mapped[int] = mapped_column(default=0)
    #: The day on which the desk expects a place; said once.
    expected_on: Mapped[date | None]
    #: When the next rung of its ladder is due; None: nobody more is told.
    next_step_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What the person wishes of the desk since their consent is gone, and when the desk confirmed it.
    withdrawal_wish: Mapped[WithdrawalWish | None] = mapped_column(Word(WithdrawalWish))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"))

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)
    outcome = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)


class Question(Base, Versioned):
    """What a desk asked the sender of a referral, and what was answered. `asks`, `answer`: {text}."""

    __tablename__ = "referral_question"
    __table_args__ = (
        words("reason", QuestionReason),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"
        ),
    )

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[QuestionReason] = mapped_column(Word(QuestionReason))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asks = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)
    answer = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)


class Packet(Base):
    """Exactly the fields that were disclosed: {field: value}. Never edited after sending.

    Stage 1 (needs, constraints) is there on arrival; stage 2 (identity, contact) opens to the desk only
    after it has accepted.
    """

    __tablename__ = "packet"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    needs = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True)
    identity = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True)


class Letter(Base, Versioned):
    """A row of the outbox, written in the transaction of what it tells; delivered at least once.

    `key` is the idempotency key: the same letter twice is dropped by the receiver.
    """

    __tablename__ = "letter"
    __table_args__ = (
        words("kind", LetterKind),
        words("state", LetterState),
        Index("ix_letter_state_after", "state", "not_before"),
    )

    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind))
    state: Mapped[LetterState] = mapped_column(Word(LetterState), default=LetterState.WAITING)
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"), index=True)
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desk.id"))
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(40))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
