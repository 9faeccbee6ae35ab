"""The directory of services, as everybody who refers searches it. Nothing personal is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from config.codes import plain_language
from models.network import Agency, Desk, Service
from models.vocabulary import AgeBand, Company, Sex, Standing
from workflows import opening, ranking
from workflows.policy import Act
from workflows.routing import open_doors
from workflows.work import Work

Names = Mapping[str, str]
#: How many entries a search shows; more ask for a narrower search.
MOST = 60


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a desk says of one service. `weekly`: None where it does not say; empty lists: everybody."""

    languages: tuple[str, ...] = ()
    weekly: opening.Weekly | None = None
    closed_days: tuple[date, ...] = ()
    sexes: tuple[Sex, ...] = ()
    ages: tuple[AgeBand, ...] = ()
    companies: tuple[Company, ...] = ()
    capacity: int | None = None
    open: bool = True


@dataclass(frozen=True)
class Entry:
    """A service as the directory shows it. `opens_at`: None while hours are not known or never.

    `free`: None where the desk has not said. `expires_on`: the first day on which it counts as not verified.
    """

    id: UUID
    desk_code: str
    desk: Names
    agency: Names
    need: str
    area: str
    terms: Terms
    hours: str | None
    zone: str
    free: int | None
    reserved: int
    open_now: bool | None
    opens_at: datetime | None
    standing: Standing
    verified_on: date | None
    expires_on: date | None
    version: int


@dataclass(frozen=True)
class Found:
    """A page of the directory. `needs`: code -> words; `more`: a narrower search shows others."""

    entries: tuple[Entry, ...]
    needs: Mapping[str, str]
    areas: tuple[str, ...]
    languages: tuple[str, ...]
    area: str
    more: bool


def search(
    work: Work, *, need: str = "", area: str | None = None, language: str = "", words: str = "en"
) -> Found:
    """Open services by need, area and language: verified ones first, then in the rules' order.

    `area`: None is the actor's country with all in it; an empty text is everywhere. `words`: the language
    of the needs.
    """
    wanted = work.actor.country if area is None else area
    work.allow(Act.VIEW_DIRECTORY, detail={"need": need, "area": wanted})
    query = (
        select(Service)
        .join(Desk)
        .join(Agency)
        .where(*open_doors(work.now.date()))
        .options(joinedload(Service.desk).joinedload(Desk.agency))
        .order_by(Service.need, Service.rank, Desk.code)
    )
    areas = tuple(work.session.scalars(select(Service.area).distinct().order_by(Service.area)))
    if need:
        query = query.where(Service.need == need)
    if wanted:
        # Whoever looks in a region is served by what serves the whole country.
        part = or_(Service.area == wanted, Service.area.startswith(f"{wanted}-", autoescape=True))
        query = query.where(or_(part, Service.area == wanted.split("-")[0]))
    rows = list(work.session.scalars(query))
    spoken = {row.id: {plain_language(code) for code in row.languages} for row in rows}
    chosen = [row for row in rows if not language or language in spoken[row.id]]
    entries = sorted(
        (entry_of(work, row) for row in chosen),
        key=lambda one: (one.standing is Standing.EXPIRED, one.free == 0),
    )
    return Found(
        entries=tuple(entries[:MOST]),
        needs=need_words(work, work.session.scalars(select(Service.need).distinct()), words),
        areas=areas,
        languages=tuple(sorted(set().union(*spoken.values()))),
        area=wanted,
        more=len(entries) > MOST,
    )


def entry_of(work: Work, row: Service) -> Entry:
    """A row as it is shown now; its desk and agency are loaded."""
    days = work.settings.service_valid_days
    opens = None
    if row.weekly is not None:
        opens = opening.next_opening(row.weekly, row.closed_days, row.desk.zone, work.now)
    return Entry(
        id=row.id,
        desk_code=row.desk.code,
        desk=row.desk.names,
        agency=row.desk.agency.names,
        need=row.need,
        area=row.area,
        terms=terms_of(row),
        hours=row.hours,
        zone=row.desk.zone,
        free=None if row.capacity is None else max(row.capacity - row.reserved, 0),
        reserved=row.reserved,
        open_now=None if row.weekly is None else opens == work.now,
        opens_at=opens,
        standing=ranking.standing_of(row.verified_on, work.now.date(), days),
        verified_on=row.verified_on,
        expires_on=ranking.expires_on(row.verified_on, days) if row.verified_on else None,
        version=row.version,
    )


def terms_of(row: Service) -> Terms:
    """What the row says, as a command would say it."""
    return Terms(
        languages=tuple(plain_language(code) for code in row.languages),
        weekly=row.weekly,
        closed_days=tuple(date.fromisoformat(day) for day in row.closed_days),
        sexes=tuple(Sex(code) for code in row.sexes),
        ages=tuple(AgeBand(code) for code in row.ages),
        companies=tuple(Company(code) for code in row.companies),
        capacity=row.capacity,
        open=row.open,
    )


def need_words(
    work: Work, codes: Iterable[str], language: str, country: str | None = None
) -> dict[str, str]:
    """Needs in words: as a `country` (the actor's own, if none is given) says them, else as any pack does."""
    own, today = (country or work.actor.country).lower(), work.now.date()
    found: dict[str, str] = {}
    wanted = set(codes)
    for code in sorted(work.shelf.codes(), key=lambda one: one != own):
        pack = work.shelf.get(code, today)
        for need in wanted - set(found):
            if need in pack.needs:
                found[need] = pack.text(f"need.{need}", language)
    return {code: found.get(code, code) for code in sorted(wanted, key=lambda c: found.get(c, c))}
