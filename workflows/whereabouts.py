"""Where people sleep, told: who is in a room for whoever keeps it, one person's bed and the rooms there are.

Every look is an act in the log, and every stay that opens is a read of that person. No list here reaches
beyond the sites of the reader's own desks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models.cases import Case
from models.network import Desk
from models.reception import Room, Site, Stay
from models.vault.sealed import load_sealed
from models.vocabulary import ApartReason, LeaveReason, Role, StayState
from workflows import beds, sites
from workflows.caring import in_care, zone_of_desk
from workflows.casework import LookedUp, case_resource, open_case
from workflows.policy import Act
from workflows.rooming import RoomGround
from workflows.sites import Names, RoomShown
from workflows.sleepers import family_of
from workflows.work import Work


@dataclass(frozen=True)
class StayShown:
    """A stay opened. Times are local at the site; `came`, `left`: None where they did not yet."""

    number: str
    site: str
    room: str
    desk: Names
    state: StayState
    kept: datetime
    came: datetime | None
    left: datetime | None
    ended: LeaveReason | None
    apart: ApartReason | None
    note: str


@dataclass(frozen=True)
class RoomInside:
    """A room with those who sleep there or are expected."""

    room: RoomShown
    people: tuple[StayShown, ...]


@dataclass(frozen=True)
class RoomChoice:
    """A room of the reader's sites for a party. `grounds`: what stands against it, or must be asked."""

    room: RoomShown
    grounds: tuple[RoomGround, ...]

    @property
    def may(self) -> bool:
        """Whether it can be given."""
        return not any(ground.shuts for ground in self.grounds)


@dataclass(frozen=True)
class BedPage:
    """One person's beds at the reader's sites now, rooms for the whole family and for the person alone."""

    number: str
    stays: tuple[StayShown, ...]
    family: tuple[str, ...]
    together: tuple[RoomChoice, ...]
    alone: tuple[RoomChoice, ...]


@dataclass(frozen=True)
class Whereabouts:
    """Where one person sleeps, for those who have them in care; and where they slept."""

    case_number: str
    stays: tuple[StayShown, ...]


def room(work: Work, room_id: UUID) -> RoomInside:
    """Who sleeps in a room of one of the actor's desks, or is expected. Opens their stays."""
    row, site = sites.room_of(work, room_id)
    found = work.session.execute(
        select(Stay, Case)
        .join(Case, Stay.case_id == Case.id)
        .where(Stay.room_link == beds.link_of(work, row.id), Stay.state != StayState.GONE)
        .order_by(Stay.state.desc(), Stay.since_on, Case.number)
        .options(*load_sealed(Stay.detail))
    ).all()
    people = []
    for stay, case in found:
        work.allow(Act.PLACE_PERSON, case_resource(work, case), person=case.person_id)
        people.append(_shown(work, stay, case.number, site, row))
    return RoomInside(sites.shown(work, row, site.name), tuple(people))


def bed(work: Work, number: str) -> BedPage:
    """Where somebody sleeps at the actor's sites, and every room there with what stands against it."""
    case = open_case(work, number, Act.PLACE_PERSON)
    rows = work.session.execute(
        select(Room, Site)
        .join(Site, Room.site_id == Site.id)
        .where(Site.desk_id.in_(work.actor.desk_ids))
        .order_by(Site.name, Room.label)
        .execution_options(populate_existing=True)
    ).all()
    family = dict.fromkeys(
        other for desk in sorted(work.actor.desk_ids) for other in family_of(work, case, desk)
    )
    stays = tuple(one for one in _stays(work, case) if one.left is None)
    here = {(one.site, one.room) for one in stays}

    def choices(party: list[Case]) -> tuple[RoomChoice, ...]:
        found = [
            RoomChoice(sites.shown(work, row, site.name), beds.judge(work, row, party))
            for row, site in rows
            if (site.name, row.label) not in here
        ]
        return tuple(sorted(found, key=lambda one: (not one.may, len(one.grounds))))

    return BedPage(
        number=case.number,
        stays=stays,
        family=tuple(other.number for other in family),
        together=choices([case, *family]) if family else (),
        alone=choices([case]),
    )


def of_case(work: Work, number: str) -> Whereabouts:
    """Where the person of a referral in care sleeps, and slept: one case, one page."""
    case, _ = in_care(work, number, Act.VIEW_WHEREABOUTS)
    return Whereabouts(case.number, _stays(work, case, everywhere=True))


def may_look_at(work: Work, found: LookedUp) -> bool:
    """Whether the actor may see where somebody sleeps. Opens nothing, logs nothing."""
    return found.may(work.actor, Act.VIEW_WHEREABOUTS)


def read_out(work: Work, case: Case) -> tuple[StayShown, ...]:
    """For the person, under a rule that opened their whole file. A post hears of no site."""
    return () if work.actor.role is Role.BORDER_OFFICIAL else _stays(work, case, everywhere=True)


def _stays(work: Work, case: Case, *, everywhere: bool = False) -> tuple[StayShown, ...]:
    """The stays of a person, those that last first, then the newest, at the actor's sites or at all."""
    mine = [] if everywhere else [Stay.desk_id.in_(work.actor.desk_ids)]
    rows = work.session.scalars(
        select(Stay)
        .where(Stay.person_id == case.person_id, *mine)
        .options(*load_sealed(Stay.detail))
    ).all()
    places = {
        beds.link_of(work, row.id): (row, site)
        for row, site in work.session.execute(
            select(Room, Site)
            .join(Site, Room.site_id == Site.id)
            .where(Site.desk_id.in_({stay.desk_id for stay in rows}))
        )
    }
    shown = [
        _shown(work, stay, case.number, places[stay.room_link][1], places[stay.room_link][0])
        for stay in rows
    ]
    shown.sort(key=lambda one: one.kept, reverse=True)
    return tuple(sorted(shown, key=lambda one: one.left is not None))


def _shown(work: Work, stay: Stay, number: str, site: Site, row: Room) -> StayShown:
    detail = stay.detail or {}
    zone = zone_of_desk(work, stay.desk_id)

    def local(name: str) -> datetime | None:
        said = detail.get(name)
        return None if said is None else datetime.fromisoformat(said).astimezone(zone)

    kept = local("kept_at")
    assert kept is not None  # written with the stay
    return StayShown(
        number=number,
        site=site.name,
        room=row.label,
        desk=work.session.get_one(Desk, stay.desk_id).names,
        state=stay.state,
        kept=kept,
        came=local("came_at"),
        left=local("left_at"),
        ended=None if detail.get("ended") is None else LeaveReason(detail["ended"]),
        apart=None if detail.get("apart") is None else ApartReason(detail["apart"]),
        note=detail.get("note", ""),
    )
