"""The packs in force, loaded once a process, and the agencies, desks and posts that they bring along."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from models.network import Agency, Desk, Post, Service
from models.vocabulary import AgencyKind
from workflows import opening
from workflows.errors import InvalidCommand
from workflows.pack_trust import Guard, guard
from workflows.rules.pack import Pack
from workflows.rules.pack_model import AgencyRow
from workflows.rules.packs import load_pack

#: Packs from archives that a process keeps: those in force, in testing, and what assessments rest on.
_MOST_KEPT = 64


class Shelf:
    """The packs of one folder, by code and day. Thread-safe; a pack never changes once loaded."""

    def __init__(self, root: Path, guard: Guard | None = None) -> None:
        self.root = root
        self._guard = guard
        self._packs: dict[tuple[str, date], Pack] = {}
        self._lock = Lock()
        #: What `workflows.in_force` knows of the versions stored in each database.
        self.noticed: WeakKeyDictionary[Engine, Any] = WeakKeyDictionary()
        #: Packs from archives, by hash.
        self.by_hash: dict[str, Pack] = {}

    def codes(self) -> tuple[str, ...]:
        """The codes of all packs in the folder, sorted."""
        return tuple(sorted(path.parent.name for path in self.root.glob("*/pack.yaml")))

    def get(self, code: str, on: date) -> Pack:
        """The pack as effective on a day.

        Raises:
            InvalidCommand: there is no such pack.
            PackError: it cannot be loaded, or two signatures are asked for and missing; names file and line.
        """
        found = self._packs.get((code, on))
        if found is not None:
            return found
        if code not in self.codes():
            raise InvalidCommand(field="pack")
        with self._lock:
            if (code, on) not in self._packs:
                # Yesterday's are not needed again by a server that runs for weeks.
                self._packs = {key: pack for key, pack in self._packs.items() if key[1] >= on}
                pack = load_pack(self.root, code, on)
                if self._guard is not None:
                    self._guard(pack)
                self._packs[code, on] = pack
            return self._packs[code, on]

    def of_folder(self, code: str, on: date) -> Pack:
        """The folder's pack, also where a stored version is in force."""
        return self.get(code, on)

    def version_in_force(self, _code: str) -> UUID | None:
        """The id of the stored version in force; None: the folder's pack is."""
        return None

    def testing(self, _code: str, _on: date) -> tuple[tuple[UUID, Pack], ...]:
        """The stored versions that run beside the one in force."""
        return ()

    def keep(self, pack: Pack) -> Pack:
        """Remember a pack by its hash; gives back the one that is remembered."""
        if len(self.by_hash) >= _MOST_KEPT:
            self.by_hash = {}
        return self.by_hash.setdefault(pack.sha256, pack)


def open_shelf(settings: Settings) -> Shelf:
    """The shelf of a deployment: its folder, with the check of signatures that it asks for."""
    return Shelf(settings.packs, guard(settings))


def sync_network(session: Session, pack: Pack) -> None:
    """Bring agencies, desks, services and posts of a pack into the database; rows there keep their edits.

    New codes are added; names and verification dates follow the pack; nothing is deleted, since cases point
    to it. Every agency gets one desk where the pack names none.
    """
    agencies = _sync_agencies(session, pack)
    desks = _sync_desks(session, pack, agencies)
    _sync_services(session, pack, desks)
    _sync_posts(session, pack, agencies)


def _sync_agencies(session: Session, pack: Pack) -> dict[str, Agency]:
    known = {row.code: row for row in session.scalars(select(Agency))}
    for row in pack.agencies.values():
        agency = known.get(agency_code(pack, row.id))
        if agency is None:
            agency = Agency(
                id=uuid4(),
                code=agency_code(pack, row.id),
                country=row.country,
                kind=AgencyKind(row.kind),
                basis=row.basis,
            )
            session.add(agency)
            known[agency.code] = agency
        agency.names = dict(row.names)
        agency.channel = row.channel
        agency.verified_on = row.verified
    session.flush()
    return known


def agency_code(pack: Pack, agency: str) -> str:
    """The code under which the database keeps a pack's agency: two packs may use the same short id."""
    row = pack.agencies[agency]
    return f"{row.country.lower()}.{agency}"


def _sync_desks(session: Session, pack: Pack, agencies: dict[str, Agency]) -> dict[str, list[Desk]]:
    known = {row.code: row for row in session.scalars(select(Desk))}
    by_agency: dict[str, list[Desk]] = {}
    for row in pack.agencies.values():
        code = agency_code(pack, row.id)
        areas = row.area or (pack.country or row.country,)
        wanted = [(f"{code}.{d.id}", dict(d.names), d.area) for d in row.desks.values()]
        if not wanted:
            wanted = [(f"{code}.{pack.code}", dict(row.names), areas[0])]
        for desk_code, names, area in wanted:
            desk = known.get(desk_code)
            if desk is None:
                desk = Desk(id=uuid4(), code=desk_code, agency_id=agencies[code].id, area=area)
                session.add(desk)
                known[desk_code] = desk
            desk.names = names
            if pack.calendar is not None:
                desk.zone = pack.calendar.zone
            by_agency.setdefault(row.id, []).append(desk)
    session.flush()
    return by_agency


def _sync_services(session: Session, pack: Pack, desks: dict[str, list[Desk]]) -> None:
    known = {(s.desk_id, s.need, s.area): s for s in session.scalars(select(Service))}
    for route in pack.routes:
        row = pack.agencies[route.agency]
        for desk in desks.get(route.agency, []):
            key = (desk.id, route.need, route.area)
            service = known.get(key)
            if service is None:
                service = Service(
                    id=uuid4(), desk_id=desk.id, need=route.need, area=route.area, rank=route.order
                )
                session.add(service)
                known[key] = service
            service.rank = route.order
            # What the desk itself says of its service stays.
            if service.kept_on is None:
                service.languages = list(row.languages)
                service.hours = row.hours or None
                service.weekly = _weekly(row.hours)
            # What an administrator has verified since the pack was written stays.
            dates = [day for day in (service.verified_on, row.verified) if day is not None]
            service.verified_on = max(dates, default=None)
    session.flush()


def _weekly(hours: str) -> dict[str, Any] | None:
    """The hours of a pack as a week, where it says what a machine can read."""
    if hours != "day and night":
        return None
    return {day: [list(span) for span in spans] for day, spans in opening.ALWAYS.items()}


def _sync_posts(session: Session, pack: Pack, agencies: dict[str, Agency]) -> None:
    known = {row.code: row for row in session.scalars(select(Post))}
    border = [
        row.id
        for row in pack.agencies.values()
        if row.kind is AgencyKind.BORDER or "border" in row.functions
    ]
    if not pack.posts or not border:
        return
    holder = agencies[agency_code(pack, border[0])]
    for row in pack.posts.values():
        post = known.get(row.id)
        if post is None:
            post = Post(
                id=uuid4(), code=row.id, country=row.country, pack=pack.code, agency_id=holder.id
            )
            session.add(post)
        post.area = row.area or row.country
        post.names = dict(row.names)
        post.neighbour = row.facing or None
        post.latitude, post.longitude = row.lat, row.lon
        post.zone = pack.calendar.zone if pack.calendar else "UTC"
        post.languages = list(row.languages)
        post.province = row.area or None
    session.flush()


def functions_of(pack: Pack, code: str) -> frozenset[str]:
    """What the agency with this database code provides, by the pack."""
    row = _agency(pack, code)
    return row.functions if row else frozenset()


def competences_of(pack: Pack, code: str) -> frozenset[str]:
    """The functions in which the agency with this database code decides, by the pack."""
    row = _agency(pack, code)
    return row.competent if row else frozenset()


def _agency(pack: Pack, code: str) -> AgencyRow | None:
    found = (row for row in pack.agencies.values() if agency_code(pack, row.id) == code)
    return next(found, None)
