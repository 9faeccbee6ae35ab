"""Agencies, desks, services and posts, as an administrator keeps them. Nothing personal is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from models.network import Agency, Desk, Post, Service
from models.vocabulary import AgencyKind
from workflows import focal_points, own_services
from workflows.directory import need_words
from workflows.errors import ChangedMeanwhile, NotFound
from workflows.policy import Act
from workflows.work import Work

Names = Mapping[str, str]


@dataclass(frozen=True)
class DeskLine:
    """A desk in the list. `verified_on`: the oldest check of what it offers; None where one is missing."""

    code: str
    names: Names
    open: bool
    services: int
    verified_on: date | None


@dataclass(frozen=True)
class AgencyLine:
    """An agency with its desks."""

    code: str
    names: Names
    country: str
    kind: AgencyKind
    desks: tuple[DeskLine, ...]
    #: The sign-in name of the focal point, while that account is open; whether there is anybody to name.
    focal_point: str | None
    supervised: bool


@dataclass(frozen=True)
class PostLine:
    """A post in the list."""

    code: str
    names: Names
    country: str
    open: bool
    version: int


@dataclass(frozen=True)
class Network:
    """Agencies with desks, and posts."""

    agencies: tuple[AgencyLine, ...]
    posts: tuple[PostLine, ...]


@dataclass(frozen=True)
class ServiceShown:
    """What a desk offers: a need of the packs, where, for how many."""

    id: UUID
    need: str
    area: str
    capacity: int | None
    verified_on: date | None


@dataclass(frozen=True)
class DeskShown:
    """A desk with what it offers, for editing. `version` is that of the page."""

    code: str
    names: Names
    agency: Names
    open: bool
    version: int
    services: tuple[ServiceShown, ...]
    needs: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class EditDesk:
    """Open or close a desk, set places (None: no limit known) by service, say that it was verified."""

    code: str
    open: bool
    version: int
    capacity: Mapping[UUID, int | None]
    verified: bool = False


def network(work: Work) -> Network:
    """Agencies with their desks, and posts, in the order of their codes."""
    work.allow(Act.MANAGE_NETWORK, detail={"view": "list"})
    offered = {
        row.desk_id: row
        for row in work.session.execute(
            select(
                Service.desk_id,
                func.count().label("services"),
                func.count(Service.verified_on).label("verified"),
                func.min(Service.verified_on).label("oldest"),
            ).group_by(Service.desk_id)
        )
    }
    desks: dict[UUID, list[DeskLine]] = {}
    for desk in work.session.scalars(select(Desk).order_by(Desk.code)):
        row = offered.get(desk.id)
        known = row is not None and row.services == row.verified
        oldest = row.oldest if row is not None and known else None
        line = DeskLine(desk.code, desk.names, desk.open, row.services if row else 0, oldest)
        desks.setdefault(desk.agency_id, []).append(line)
    focal, supervised = focal_points.by_agency(work), focal_points.supervised(work)
    agencies = tuple(
        AgencyLine(
            *(row.code, row.names, row.country, row.kind),
            desks=tuple(desks.get(row.id, ())),
            focal_point=focal.get(row.id),
            supervised=row.id in supervised,
        )
        for row in work.session.scalars(select(Agency).order_by(Agency.country, Agency.code))
    )
    posts = tuple(
        PostLine(row.code, row.names, row.country, row.open, row.version)
        for row in work.session.scalars(select(Post).order_by(Post.country, Post.code))
    )
    return Network(agencies, posts)


def desk(work: Work, code: str, language: str = "en") -> DeskShown:
    """A desk with what it offers. `needs` has the words of the needs in the reader's language."""
    work.allow(Act.MANAGE_NETWORK, detail={"view": "desk"})
    row = _desk(work, code)
    rows = _services(work, row)
    needs = {service.need for service in rows}
    return DeskShown(
        code=row.code,
        names=row.names,
        agency=row.agency.names,
        open=row.open,
        version=row.version,
        services=tuple(ServiceShown(s.id, s.need, s.area, s.capacity, s.verified_on) for s in rows),
        needs=need_words(work, needs, language, row.agency.country),
    )


def _desk(work: Work, code: str) -> Desk:
    row = work.session.scalar(select(Desk).where(Desk.code == code))
    if row is None:
        raise NotFound
    return row


def _services(work: Work, row: Desk) -> list[Service]:
    query = select(Service).where(Service.desk_id == row.id)
    return list(work.session.scalars(query.order_by(Service.need, Service.area)))


def edit_desk(work: Work, command: EditDesk) -> None:
    """Keep what an administrator has heard from a desk.

    Raises:
        ChangedMeanwhile: somebody else has edited it since the page was shown.
    """
    work.allow(Act.MANAGE_NETWORK, detail={"desk": command.code, "open": command.open})
    row = _desk(work, command.code)
    if row.version != command.version:
        raise ChangedMeanwhile
    row.open = command.open
    # The version moves with its services too, so that two administrators do not overwrite each other.
    flag_modified(row, "open")
    for service in _services(work, row):
        if service.id in command.capacity:
            service.capacity = command.capacity[service.id]
        if command.verified:
            service.verified_on = work.now.date()
    if command.verified:
        own_services.end_reminder(work, row.id)


def set_post(work: Work, code: str, version: int, *, is_open: bool) -> None:
    """Open or close a post. Its cases stay where they are.

    Raises:
        ChangedMeanwhile: somebody else has changed it since the page was shown.
    """
    work.allow(Act.MANAGE_NETWORK, detail={"post": code, "open": is_open})
    row = work.session.scalar(select(Post).where(Post.code == code))
    if row is None:
        raise NotFound
    if row.version != version:
        raise ChangedMeanwhile
    row.open = is_open
