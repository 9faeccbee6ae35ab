"""What one account asked to do and another must approve: bound to a hash, for a day, for one use."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vocabulary import ApprovalState


class Approval(Base, Versioned):
    """A request to do one act once. `digest` is SHA-256 over the act and what exactly is to be done.

    `told` is what the second account is shown of it: codes, periods and counts, nothing of a person. An
    approval about a case carries its id; a reader who may see the case finds it from there.
    """

    __tablename__ = "approval"
    __table_args__ = (
        words("state", ApprovalState),
        CheckConstraint(
            "answered_by IS NULL OR answered_by <> asked_by", name="answered_by_another"
        ),
        CheckConstraint("state <> 'used' OR used_at IS NOT NULL", name="used_at_a_time"),
        CheckConstraint(
            "state NOT IN ('approved', 'refused', 'used') OR answered_by IS NOT NULL",
            name="answered_by_somebody",
        ),
        Index("ix_approval_state_expires", "state", "expires_at"),
    )

    act: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    country: Mapped[str] = mapped_column(String(3))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    state: Mapped[ApprovalState] = mapped_column(Word(ApprovalState), default=ApprovalState.ASKED)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
