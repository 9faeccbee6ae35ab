"""Broken glass: one case that somebody read who had no rule for it, and what a supervisor said of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.sealed import Sealed
from models.vocabulary import AlertKind, GlassReason, Purpose


class Glass(Base, Versioned):
    """That an account opened one case for an hour. Read only; told at once; reviewed within 72 hours.

    The reason code is in the clear for the list; what was written is sealed for those who review.
    """

    __tablename__ = "glass"
    __table_args__ = (
        words("reason", GlassReason),
        CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> user_id", name="reviewed_by_another"
        ),
        CheckConstraint(
            "(reviewed_at IS NULL) = (justified IS NULL)", name="reviewed_with_a_verdict"
        ),
        Index("ix_glass_user_review", "user_id", "reviewed_at", "review_due_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[GlassReason] = mapped_column(Word(GlassReason))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    review_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    justified: Mapped[bool | None]

    says = Sealed[str](Purpose.LEGAL)


class WatchAlert(Base, Versioned):
    """Something unusual in the log about one account, for a supervisor of its agency to look at.

    Once a day and kind at most. `count` is what was counted, `limit` what the rule allows.
    """

    __tablename__ = "watch_alert"
    __table_args__ = (
        words("kind", AlertKind),
        Index("ix_watch_alert_day", "user_id", "kind", "day", unique=True),
        Index("ix_watch_alert_agency_settled", "agency_id", "settled_at"),
    )

    kind: Mapped[AlertKind] = mapped_column(Word(AlertKind))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    day: Mapped[str] = mapped_column(String(10))
    count: Mapped[int]
    limit: Mapped[int]
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
