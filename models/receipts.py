"""What opens the page of a person: the code on their receipt, and a visit that it opened.

Neither says who somebody is. Of the code only a keyed token is kept, made of number and code together, so
that a number that nobody has and a wrong code are the same look-up.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime


class ReceiptCode(Base, Versioned):
    """A code that was printed on a receipt. A case has one that counts; a new one voids it."""

    __tablename__ = "receipt_code"
    __table_args__ = (
        CheckConstraint("voided_on IS NULL OR voided_on >= issued_on", name="issued_before_voided"),
        Index(
            "ix_receipt_code_live",
            "case_id",
            unique=True,
            sqlite_where=text("voided_on IS NULL"),
            postgresql_where=text("voided_on IS NULL"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    code_mac: Mapped[str] = mapped_column(String(64), unique=True)
    issued_on: Mapped[date]
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    voided_on: Mapped[date | None]


class PersonVisit(Base):
    """A quarter of an hour at the page of a person. Only the token's SHA-256 is kept; leaving deletes it."""

    __tablename__ = "person_visit"

    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    code_id: Mapped[UUID] = mapped_column(ForeignKey("receipt_code.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
