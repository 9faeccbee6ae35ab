"""Who can meet needs, and where people are met: agencies, services, desks, posts.

Nothing personal is kept here. The rows are seeded from the packs' agencies and posts and then kept by
administrators; a pack row and its database row share their `code`.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Versioned
from models.types import Word, words
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

    agency: Mapped[Agency] = relationship(back_populates="desks")
    services: Mapped[list[Service]] = relationship(back_populates="desk")


class Service(Base, Versioned):
    """That a desk meets a need in an area: in what order it is asked, for how many, last verified when."""

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

    desk: Mapped[Desk] = relationship(back_populates="services")


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
