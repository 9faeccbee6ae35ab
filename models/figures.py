"""StatFact: coarse values only, with its own random id. Statistics read this table and nothing else."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Float, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
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
