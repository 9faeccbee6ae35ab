"""Keys of agencies outside and of our own towards them; referrals that cross installations, by letters.

A key is public but for `secret`, which is sealed in the key provider. Nothing of a person is in the clear:
what a letter told is sealed under keys of its own, which go with the row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.column import SealedColumn
from models.vault.format import SealedBytes
from models.vault.sealed import Sealed
from models.vocabulary import (
    AgencyKeyState,
    LetterState,
    LetterSuite,
    OutsideKind,
    OutsideSide,
    OutsideState,
    Purpose,
)


class AgencyKey(Base, Versioned):
    """A key of an agency: what to seal to it with, and what it signs with. `kid` is 32 hex characters.

    `own`: of an agency that works here; then `secret` is there, sealed in the provider. `previous` is the kid
    of the key that this one follows.
    """

    __tablename__ = "agency_key"
    __table_args__ = (
        words("suite", LetterSuite),
        words("state", AgencyKeyState),
        CheckConstraint("own OR secret IS NULL", name="secret_of_own_only"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked_when"),
        Index("ix_agency_key_agency", "agency", "state"),
    )

    agency: Mapped[str] = mapped_column(String(60))
    kid: Mapped[str] = mapped_column(String(32), unique=True)
    own: Mapped[bool] = mapped_column(default=False)
    suite: Mapped[LetterSuite] = mapped_column(Word(LetterSuite))
    state: Mapped[AgencyKeyState] = mapped_column(Word(AgencyKeyState))
    #: Hexadecimal, like every key that somebody may read aloud or compare.
    seal_public: Mapped[str] = mapped_column(Text)
    sign_public: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime] = mapped_column(UtcDateTime)
    previous: Mapped[str | None] = mapped_column(String(32))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: A token of the provider over the row: who can only write this database cannot put in a key of theirs.
    vouched: Mapped[str] = mapped_column(String(64))
    #: Both seeds, sealed by the key provider: they belong to no person.
    secret: Mapped[SealedBytes | None] = mapped_column(SealedColumn(), deferred=True)


class OutsideThread(Base, Versioned):
    """A referral between this installation and another, as this end knows it.

    `thread` is its number in the letters: random, and no number of ours. `packet_sha256` is what the sender
    disclosed first; every answer names it. `acts` are the receiver's answers in order, codes and times only.
    At the receiver `needs` and `identity` hold what was disclosed, and what was asked and answered in words;
    the sender has the packet and its questions.
    """

    __tablename__ = "outside_thread"
    __table_args__ = (
        words("side", OutsideSide),
        words("state", OutsideState),
        UniqueConstraint("thread", "side"),
    )

    thread: Mapped[str] = mapped_column(String(32))
    side: Mapped[OutsideSide] = mapped_column(Word(OutsideSide))
    state: Mapped[OutsideState] = mapped_column(Word(OutsideState))
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"), unique=True)
    ours: Mapped[str] = mapped_column(String(60))
    peer: Mapped[str] = mapped_column(String(60))
    packet_sha256: Mapped[str | None] = mapped_column(String(64))
    acts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    needs = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True)
    identity = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True)

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row: its own, so that they can be destroyed with it."""
        return self.id


class OutsideLetter(Base):
    """A letter that was sealed here, or taken in. `kid`: whom it was sealed to, or who signed it."""

    __tablename__ = "outside_letter"
    __table_args__ = (
        words("kind", OutsideKind),
        UniqueConstraint("number", "outgoing"),
        Index("ix_outside_letter_kid", "kid", "outgoing"),
    )

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("outside_thread.id"), index=True)
    outgoing: Mapped[bool]
    kind: Mapped[OutsideKind] = mapped_column(Word(OutsideKind))
    counter: Mapped[int]
    number: Mapped[str] = mapped_column(String(32))
    kid: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgencyAddress(Base, Versioned):
    """Where another installation takes sealed letters for an agency. What it gets, only its key opens."""

    __tablename__ = "agency_address"

    agency: Mapped[str] = mapped_column(String(60), unique=True)
    url: Mapped[str] = mapped_column(String(200))


class OutsideParcel(Base, Versioned):
    """A sealed letter that waits until an agency's installation has taken it. `raw` is emptied then.

    `number` is that of the letter; `answered` a word for the last answer that was no yes.
    """

    __tablename__ = "outside_parcel"
    __table_args__ = (
        words("kind", OutsideKind),
        words("state", LetterState),
        CheckConstraint("state = 'delivered' OR raw IS NOT NULL", name="raw_until_taken"),
        Index("ix_outside_parcel_state", "state", "not_before"),
    )

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("outside_thread.id"), index=True)
    peer: Mapped[str] = mapped_column(String(60))
    kind: Mapped[OutsideKind] = mapped_column(Word(OutsideKind))
    number: Mapped[str] = mapped_column(String(32), unique=True)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[LetterState] = mapped_column(Word(LetterState), default=LetterState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    answered: Mapped[str | None] = mapped_column(String(40))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
