"""StatFact: coarse values only, with its own random id. Statistics read this table and nothing else.

None of these tables has row security on PostgreSQL: whoever publishes, and whoever compares an exact file
with all before it, needs the rows of every agency of the country, and no row leads to a case. What a reader
sees is narrowed in `workflows.boards.Scope`; agreements are an agency's, by `workflows.agreements`.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vocabulary import AcknowledgedWithin, AgeBand, Sex


class StatFact(Base):
    """One person's arrival in coarse words. `link` is HMAC(figures key, case id), to update the row."""

    __tablename__ = "stat_fact"
    __table_args__ = (
        words("sex", Sex),
        words("age_band", AgeBand),
        words("acknowledged", AcknowledgedWithin),
        Index("ix_stat_fact_month", "month", "country", "post"),
        Index("ix_stat_fact_booked", "country", "booked"),
        Index(
            "ix_stat_fact_board",
            "country",
            "week",
            "post",
            "month",
            "sex",
            "age_band",
            "profiles",
            "counted",
        ),
    )

    link: Mapped[str] = mapped_column(String(64), unique=True)
    month: Mapped[str] = mapped_column(String(7))
    week: Mapped[str] = mapped_column(String(8))
    post: Mapped[str] = mapped_column(String(40))
    province: Mapped[str] = mapped_column(String(80))
    country: Mapped[str] = mapped_column(String(3))
    region: Mapped[str] = mapped_column(String(40))
    sex: Mapped[Sex] = mapped_column(Word(Sex))
    age_band: Mapped[AgeBand] = mapped_column(Word(AgeBand))
    #: Sorted codes of presumed and possible profiles, joined by spaces: `ASY UAC`.
    profiles: Mapped[str] = mapped_column(String(200))
    needs: Mapped[str] = mapped_column(String(300))
    hold: Mapped[bool]
    referral: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(40))
    acknowledged: Mapped[AcknowledgedWithin] = mapped_column(Word(AcknowledgedWithin))
    language: Mapped[str] = mapped_column(String(8))
    #: The month in whose books the person is (statistics.md 3.2, R1); empty until that month is closed.
    booked: Mapped[str | None] = mapped_column(String(7))
    #: 40 bits of the link: sums of it stand for who is counted, and key the noise.
    record_key: Mapped[int] = mapped_column(BigInteger)
    #: False for one of two records that stand as one person: nobody is counted twice.
    counted: Mapped[bool] = mapped_column(default=True)


class ClosedPeriod(Base):
    """A period that was measured and published. Written once; the databases refuse to change it.

    `payload` is sealed: of each table its dimensions, and of each cell codes, measured number, estimate and
    published figure. The true counts are nowhere. `snapshot` is a keyed digest of who was counted.
    """

    __tablename__ = "stat_period"
    __table_args__ = (UniqueConstraint("country", "period"),)

    country: Mapped[str] = mapped_column(String(3))
    span: Mapped[str] = mapped_column(String(8))
    period: Mapped[str] = mapped_column(String(8))
    plan: Mapped[str] = mapped_column(String(40))
    rho: Mapped[float] = mapped_column(Float)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    snapshot: Mapped[str] = mapped_column(String(64))
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class Release(Base):
    """An approved statistical export with its manifest; the file itself is not kept."""

    __tablename__ = "stat_release"

    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(36))
    period: Mapped[str] = mapped_column(String(40))
    tables: Mapped[list[str]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[dict[str, object]] = mapped_column(JSON)
    closed_on: Mapped[date | None]


class Agreement(Base, Versioned):
    """A partner may have exact tables until a day, for a purpose: recorded by one account, confirmed by
    another.

    `signed_by` is who signed for the partner: a name and an office, as on the paper. It is never deleted.
    """

    __tablename__ = "disclosure_agreement"
    __table_args__ = (
        CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> recorded_by", name="confirmed_by_another"
        ),
        CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_at_a_time"
        ),
    )

    country: Mapped[str] = mapped_column(String(3))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    partner: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(400))
    signed_by: Mapped[str] = mapped_column(String(120))
    ends_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ExactRelease(Base):
    """What an exact file told: permanent exposure. Written once; the databases refuse to change it.

    `payload` is sealed: months, posts, and each figure as told or withheld, as
    `workflows.disclosure.exact_files` writes it.
    `number` counts the files of a country, so that two made at once cannot both be compared with the same.
    """

    __tablename__ = "stat_exact"
    __table_args__ = (UniqueConstraint("country", "number"),)

    release_id: Mapped[UUID] = mapped_column(ForeignKey("stat_release.id"), unique=True)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_agreement.id"), index=True)
    country: Mapped[str] = mapped_column(String(3))
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_month: Mapped[str] = mapped_column(String(7))
    last_month: Mapped[str] = mapped_column(String(7))
    figures: Mapped[int]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
