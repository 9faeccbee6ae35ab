"""Versions of packs in the database: who wrote and who confirmed them, which is in force, what they say.

Nothing here speaks of a person but `PackTrial`, which is sealed. No row is ever deleted, and an archive is
never changed: the databases themselves refuse it (migration 0005).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.sealed import Sealed
from models.vocabulary import PackState, Purpose


class PackArchive(Base):
    """A pack as it applied on a day, as canonical JSON. Once for each hash, kept for ever.

    Every assessment names the hash of its pack; with this row it can be computed again.
    """

    __tablename__ = "pack_archive"

    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    pack: Mapped[str] = mapped_column(String(8))
    #: The pack's country; null for a base that belongs to none.
    country: Mapped[str | None] = mapped_column(String(3))
    label: Mapped[str] = mapped_column(String(20))
    effective_on: Mapped[date]
    content: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PackVersion(Base, Versioned):
    """A version of a pack on its way: draft, testing, in force, retired.

    The macs are keyed signatures of two accounts over hash, pack, label and act; the second is another
    account than the first. `checks` is the gate's report, `differences` what changes against the version that
    was in force, `shadow` the counts on stored cases with small figures withheld. `restores`: the older
    version that this one brings back.
    """

    __tablename__ = "pack_version"
    __table_args__ = (
        words("state", PackState),
        CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> author_id", name="reviewed_by_another"
        ),
        CheckConstraint(
            "(reviewed_by IS NULL) = (reviewer_mac IS NULL)", name="reviewer_has_signed"
        ),
        CheckConstraint(
            "state <> 'in_force' OR (reviewed_by IS NOT NULL AND in_force_at IS NOT NULL)",
            name="in_force_by_two",
        ),
        CheckConstraint(
            "(state = 'retired') = (retired_at IS NOT NULL)", name="retired_has_a_time"
        ),
        Index(
            "uq_pack_version_in_force",
            "pack",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
        Index("ix_pack_version_pack", "pack", "created_at"),
    )

    pack: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(ForeignKey("pack_archive.sha256"), index=True)
    state: Mapped[PackState] = mapped_column(Word(PackState), default=PackState.DRAFT)
    note: Mapped[str] = mapped_column(String(400), default="")
    restores: Mapped[UUID | None] = mapped_column(ForeignKey("pack_version.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    author_mac: Mapped[str] = mapped_column(String(64))
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reviewer_mac: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed: Mapped[bool] = mapped_column(default=False)
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checks: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    differences: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    shadow: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class PackSlice(Base):
    """From which day a version says what: rows of a pack have dates, so a version has one archive or more."""

    __tablename__ = "pack_slice"
    __table_args__ = (UniqueConstraint("version_id", "from_day"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("pack_version.id"), index=True)
    from_day: Mapped[date]
    sha256: Mapped[str] = mapped_column(ForeignKey("pack_archive.sha256"))


class PackTrial(Base):
    """What a version in testing would say otherwise of a case. Never shown to whoever works on the case.

    Every open case gets a row, also where nothing differs: that there is one tells nothing. `content` is
    {gained: [...], lost: [...]}, outputs as `need guardian`.
    """

    __tablename__ = "pack_trial"
    __table_args__ = (UniqueConstraint("version_id", "case_id"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("pack_version.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    assessed_on: Mapped[date]

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, squeezed=True)
