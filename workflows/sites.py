"""Sites and rooms that desks keep: beds, for whom, out of use; how full they are; more people than beds.

Numbers only: who sleeps where is `workflows.beds`. A room takes more people than it has beds only while a
supervisor of the desk's agency says so, by name, with a reason and an end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, select, update

from models.accounts import User
from models.network import Desk
from models.reception import Room, Site
from models.vocabulary import AgeBand, Company, OutReason, OverReason, Role, Sex
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotFound
from workflows.policy import Act, Resource
from workflows.rooming import Rules
from workflows.work import Work

Names = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RoomTerms:
    """What a room is: beds, and for whom; empty lists are everybody."""

    label: str
    beds: int
    out_of_use: int = 0
    out_reason: OutReason | None = None
    open: bool = True
    sexes: tuple[Sex, ...] = ()
    ages: tuple[AgeBand, ...] = ()
    companies: tuple[Company, ...] = ()
    children_until: int = 0


@dataclass(frozen=True, kw_only=True)
class AddSite:
    """A house of a desk."""

    desk: str
    name: str


@dataclass(frozen=True, kw_only=True)
class AddRoom(RoomTerms):
    """A room of a site."""

    site_id: UUID


@dataclass(frozen=True, kw_only=True)
class KeepRoom(RoomTerms):
    """Change a room; whoever sleeps there stays. `version` is that of the page."""

    room_id: UUID
    version: int


@dataclass(frozen=True)
class Overfull:
    """That a supervisor has allowed more people than beds. `note` only for those who answer for it."""

    extra: int
    until: datetime
    by: str
    reason: OverReason
    note: str


@dataclass(frozen=True)
class RoomShown:
    """A room in numbers. `free`, `over`: as `Rules`."""

    id: UUID
    site: str
    terms: RoomTerms
    taken: int
    free: int
    over: int
    allowed: Overfull | None
    version: int


@dataclass(frozen=True)
class SiteShown:
    """A site with its rooms, in numbers."""

    id: UUID
    name: str
    desk: Names
    rooms: tuple[RoomShown, ...]

    @property
    def beds(self) -> int:
        """Beds that are in use, in rooms that are open."""
        return sum(one.terms.beds - one.terms.out_of_use for one in self.rooms if one.terms.open)

    @property
    def taken(self) -> int:
        """How many sleep there or are expected."""
        return sum(one.taken for one in self.rooms)

    @property
    def free(self) -> int:
        """Beds that may be given now."""
        return sum(one.free for one in self.rooms)


@dataclass(frozen=True)
class Board:
    """Sites in numbers. `desks`: those of the actor that may open a site, by code; `now`: as of when."""

    sites: tuple[SiteShown, ...]
    desks: Mapping[str, Names]
    now: datetime


def board(work: Work) -> Board:
    """The sites of the actor's desks, or those of a supervisor's agency: beds, taken, free, out of use."""
    work.allow(Act.VIEW_RECEPTION)
    officer = work.actor.role is Role.PROTECTION_OFFICER
    mine = Desk.id.in_(work.actor.desk_ids) if officer else Desk.agency_id == work.actor.agency_id
    desks = work.session.scalars(select(Desk).where(mine).order_by(Desk.code)).all()
    return Board(
        _sites(work, [desk.id for desk in desks]),
        {desk.code: desk.names for desk in desks} if officer else {},
        work.now,
    )


def _sites(work: Work, desks: list[UUID]) -> tuple[SiteShown, ...]:
    rows = work.session.execute(
        select(Site, Desk)
        .join(Desk, Site.desk_id == Desk.id)
        .where(Site.desk_id.in_(desks))
        .order_by(Site.name, Site.id)
    ).all()
    rooms: dict[UUID, list[RoomShown]] = {}
    of = [site.id for site, _ in rows]
    names = {site.id: site.name for site, _ in rows}
    for room in work.session.scalars(
        select(Room)
        .where(Room.site_id.in_(of))
        .order_by(Room.label)
        .execution_options(populate_existing=True)
    ):
        rooms.setdefault(room.site_id, []).append(shown(work, room, names[room.site_id]))
    return tuple(
        SiteShown(site.id, site.name, desk.names, tuple(rooms.get(site.id, ())))
        for site, desk in rows
    )


def rules_of(room: Room, now: datetime) -> Rules:
    """The room as its rules are judged."""
    allowed = room.extra_until is not None and room.extra_until > now
    return Rules(
        beds=room.beds,
        out_of_use=room.out_of_use,
        taken=room.taken,
        extra=room.extra if allowed else 0,
        open=room.open,
        sexes=frozenset(Sex(code) for code in room.sexes),
        ages=frozenset(AgeBand(code) for code in room.ages),
        companies=frozenset(Company(code) for code in room.companies),
        children_until=room.children_until,
    )


def shown(work: Work, room: Room, site: str, *, note: bool = False) -> RoomShown:
    """A room in numbers; `note`: with what the supervisor wrote."""
    rules = rules_of(room, work.now)
    terms = RoomTerms(
        label=room.label,
        beds=room.beds,
        out_of_use=room.out_of_use,
        out_reason=room.out_reason,
        open=room.open,
        sexes=tuple(Sex(code) for code in room.sexes),
        ages=tuple(AgeBand(code) for code in room.ages),
        companies=tuple(Company(code) for code in room.companies),
        children_until=room.children_until,
    )
    return RoomShown(
        id=room.id,
        site=site,
        terms=terms,
        taken=room.taken,
        free=rules.free,
        over=rules.over,
        allowed=_allowed(work, room, note=note),
        version=room.version,
    )


def _allowed(work: Work, room: Room, *, note: bool) -> Overfull | None:
    if room.extra_by is None or room.extra_until is None or room.extra_reason is None:
        return None
    if room.extra_until <= work.now:
        return None
    said = ""
    if note and room.extra_note is not None:
        raw = work.provider.open_blob(note_place(room.id), room.extra_note)
        said = str(json.loads(raw)["text"])
    name = work.session.scalar(select(User.name).where(User.id == room.extra_by)) or ""
    return Overfull(room.extra, room.extra_until, name, room.extra_reason, said)


def note_place(room_id: UUID) -> str:
    """What the reasons of a room that is over-full are bound to."""
    return f"room.extra_note {room_id}"


def add_site(work: Work, command: AddSite) -> UUID:
    """A new site of one of the actor's desks.

    Raises:
        NotFound: no such desk, or not the actor's.
        InvalidCommand: the desk has a site of this name.
    """
    desk = work.session.scalar(select(Desk).where(Desk.code == command.desk))
    _keep(work, None if desk is None else desk.id)
    if desk is None:
        raise NotFound
    if _is_there(work, Site.desk_id == desk.id, Site.name == command.name):
        raise InvalidCommand(field="name")
    row = Site(id=uuid4(), desk_id=desk.id, name=command.name)
    work.session.add(row)
    work.session.flush()
    return row.id


def add_room(work: Work, command: AddRoom) -> UUID:
    """A new room of a site.

    Raises:
        NotFound: no such site, or another desk's.
        InvalidCommand: the site has a room of this name (`label`); more beds out of use than it has, or none
            for a reason (`out_of_use`, `out_reason`).
    """
    site = site_of(work, command.site_id)
    if _is_there(work, Room.site_id == site.id, Room.label == command.label):
        raise InvalidCommand(field="label")
    room = Room(id=uuid4(), site_id=site.id, taken=0, turn=0, extra=0)
    _write(room, command)
    work.session.add(room)
    work.session.flush()
    return room.id


def keep_room(work: Work, command: KeepRoom) -> None:
    """Change a room: beds, out of use and why, for whom, open or shut.

    Raises:
        ChangedMeanwhile: it was edited since the page was shown.
        InvalidCommand: as `add_room`; or fewer beds in use than people sleep there (`beds`).
    """
    room, site = room_under(work, command.room_id, Act.KEEP_SITES)
    if room.version != command.version:
        raise ChangedMeanwhile
    if _is_there(work, Room.site_id == site.id, Room.label == command.label, Room.id != room.id):
        raise InvalidCommand(field="label")
    extra = rules_of(room, work.now).extra
    # The room is asked and changed by one statement, so that nobody is given a bed that is just taken away.
    got = work.session.scalars(
        update(Room)
        .where(Room.id == room.id, Room.taken <= command.beds - command.out_of_use + extra)
        .values(turn=Room.turn + 1)
        .returning(Room.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(got) != 1:
        raise InvalidCommand(field="beds")
    _write(room, command)
    work.session.flush()


def _write(room: Room, terms: RoomTerms) -> None:
    if terms.out_of_use > terms.beds:
        raise InvalidCommand(field="out_of_use")
    if (terms.out_of_use == 0) != (terms.out_reason is None):
        raise InvalidCommand(field="out_reason")
    room.label, room.beds, room.open = terms.label, terms.beds, terms.open
    room.out_of_use, room.out_reason = terms.out_of_use, terms.out_reason
    room.sexes = [one.value for one in terms.sexes]
    room.ages = [one.value for one in terms.ages]
    room.companies = [one.value for one in terms.companies]
    room.children_until = terms.children_until


def room_to_keep(work: Work, room_id: UUID) -> RoomShown:
    """A room of one of the actor's desks, for editing."""
    room, site = room_under(work, room_id, Act.KEEP_SITES)
    return shown(work, room, site.name)


def may_keep(work: Work, desk: str) -> None:
    """That a desk is the actor's own, for a page that adds a site to it.

    Raises:
        NotFound: no such desk, or not the actor's.
    """
    _keep(work, work.session.scalar(select(Desk.id).where(Desk.code == desk)))


def site_of(work: Work, site_id: UUID) -> Site:
    """A site of one of the actor's desks, for keeping it.

    Raises:
        NotFound: no such site, or another desk's.
    """
    site = work.session.get(Site, site_id)
    _keep(work, None if site is None else site.desk_id)
    if site is None:
        raise NotFound
    return site


def room_of(work: Work, room_id: UUID) -> tuple[Room, Site]:
    """A room of one of the actor's desks, with its site. Logs the look.

    Raises:
        NotFound: no such room, or another desk's.
    """
    return room_under(work, room_id, Act.VIEW_RECEPTION)


def room_under(work: Work, room_id: UUID, act: Act) -> tuple[Room, Site]:
    """A room with its site, if the actor may do `act` to the desk that keeps it. See `room_of`."""
    room = work.session.get(Room, room_id, populate_existing=True)
    site = None if room is None else work.session.get(Site, room.site_id)
    desk = None if site is None else work.session.get(Desk, site.desk_id)
    resource = Resource(
        kind="desk",
        desk_id=None if desk is None else desk.id,
        agency_id=None if desk is None else desk.agency_id,
    )
    work.allow(act, resource)
    if room is None or site is None:
        raise NotFound
    return room, site


def _keep(work: Work, desk_id: UUID | None) -> None:
    work.allow(Act.KEEP_SITES, Resource(kind="desk", desk_id=desk_id))


def _is_there(work: Work, *which: ColumnElement[bool]) -> bool:
    return bool(work.session.scalar(select(exists().where(*which))))
