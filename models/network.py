"""Who can meet needs, and where people are met: agencies, services, desks, posts.

Nothing personal is kept here; a reservation knows a referral by its id alone. The rows are seeded from the
packs' agencies and posts and then kept by desks and administrators; a pack row and its database row share
their `code`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vocabulary import AgencyKind


class Agency(Base, Versioned):
    """A body with a mandate. `country` is ISO 3166 alpha-3, or `INT` for the United Nations."""

    __tablename__ = "agency"
    __table_args__ = (words("kind", AgencyKind),)

    code: Mapped[str] = mapped_column(String(60), unique=True)
    country: Mapped[str] = mapped_column(String(3), index=True)
    kind: Mapped[AgencyKind] = mapped_column(Word(AgencyKind))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    channel: Mapped[str | None] = mapped_column(String(200))
    verified_on: Mapped[date | None]
    basis: Mapped[str] = mapped_column(String(1))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    desks: Mapped[list[Desk]] = relationship(back_populates="agency")


class Desk(Base, Versioned):
    """The queue of an agency that receives referrals."""

    __tablename__ = "desk"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    #: Where the desk works: the country of the posts it serves, or an area code of the pack.
    area: Mapped[str] = mapped_column(String(40), index=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    open: Mapped[bool] = mapped_column(default=True)
    #: The IANA zone in which its opening hours and appointments are told.
    zone: Mapped[str] = mapped_column(String(40), default="UTC")

    agency: Mapped[Agency] = relationship(back_populates="desks")
    services: Mapped[list[Service]] = relationship(back_populates="desk")


class Service(Base, Versioned):
    """That a desk meets a need in an area: in what order it is asked, for whom, when, last verified when.

    `weekly`: {"mon": [["09:00", "17:30"], ...], ...} in the desk's zone, a day that is missing is closed;
    None where nobody has said. `closed_days`: ISO dates. `sexes`, `ages`, `companies`: whom it is for, from
    the vocabularies; empty: everybody. `reserved` is raised and lowered by conditional UPDATEs alone
    (`workflows.places`), without a new `version`: a page of the desk stays good while referrals come in.
    """

    __tablename__ = "service"
    __table_args__ = (UniqueConstraint("desk_id", "need", "area"),)

    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"), index=True)
    need: Mapped[str] = mapped_column(String(60), index=True)
    area: Mapped[str] = mapped_column(String(40))
    rank: Mapped[int]
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    hours: Mapped[str | None] = mapped_column(String(120))
    #: How many referrals it can hold at once; None where the desk has not said.
    capacity: Mapped[int | None]
    verified_on: Mapped[date | None]
    #: Whether it takes anybody at all; a shut service is no choice.
    open: Mapped[bool] = mapped_column(default=True)
    weekly: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    closed_days: Mapped[list[str]] = mapped_column(JSON, default=list)
    sexes: Mapped[list[str]] = mapped_column(JSON, default=list)
    ages: Mapped[list[str]] = mapped_column(JSON, default=list)
    companies: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: Places taken by live referrals.
    reserved: Mapped[int] = mapped_column(default=0)
    #: When the desk itself last edited it; from then on the pack does not change what it says.
    kept_on: Mapped[date | None]

    desk: Mapped[Desk] = relationship(back_populates="services")


class Reservation(Base):
    """A place of a service that a live referral holds. It goes when the place is given back."""

    __tablename__ = "reservation"
    __table_args__ = (UniqueConstraint("referral_id"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Post(Base, Versioned):
    """A place where arrivals meet an officer: a crossing point, a reception place, a mobile team."""

    __tablename__ = "post"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    country: Mapped[str] = mapped_column(String(3), index=True)
    #: The pack whose rules hold at this post.
    pack: Mapped[str] = mapped_column(String(8))
    area: Mapped[str] = mapped_column(String(40))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    neighbour: Mapped[str | None] = mapped_column(String(3))
    province: Mapped[str | None] = mapped_column(String(80))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    zone: Mapped[str] = mapped_column(String(40), default="UTC")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    open: Mapped[bool] = mapped_column(default=True)

    agency: Mapped[Agency] = relationship()
