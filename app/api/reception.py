"""Reception by machine: sites in numbers, who has no bed, who is in a room, beds given and left."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask_smorest import Blueprint

from app.api.door import reads, writes
from app.schemas.casework import RecordWaySchema
from app.schemas.reception import (
    AddRoomSchema,
    AddSiteSchema,
    AllowOverfullSchema,
    ArriveSchema,
    KeepRoomSchema,
    LeaveSchema,
    PlaceSchema,
)
from models.vocabulary import WayKind
from workflows import beds, casenumbers, overfull, sites, triage, ways_on, whereabouts
from workflows.beds import Arrive, Leave, Place
from workflows.overfull import AllowOverfull
from workflows.policy import Act
from workflows.sites import AddRoom, AddSite, Board, KeepRoom, RoomShown
from workflows.triage import WaitingList
from workflows.ways_on import RecordWay, WaysOn
from workflows.whereabouts import BedPage, RoomInside, Whereabouts
from workflows.work import Work

blueprint = Blueprint("reception", __name__, description="Sites, rooms, beds, stays.")


@dataclass(frozen=True)
class MadeAnswer:
    """The id of what was added or changed."""

    id: UUID


@dataclass(frozen=True)
class WayAnswer:
    """What was recorded, of which referral."""

    number: str
    kind: WayKind


@dataclass(frozen=True)
class BedAnswer:
    """Whose bed it is about."""

    case_number: str


@reads(blueprint, "/reception", Act.VIEW_RECEPTION, gives=Board)
def show_sites(work: Work) -> Board:
    """The sites of the account's desks, or of a supervisor's agency, in numbers."""
    return sites.board(work)


@reads(blueprint, "/reception/waiting", Act.VIEW_RECEPTION, gives=WaitingList)
def list_waiting(work: Work) -> WaitingList:
    """Who in the desks' care has no bed, by what each needs first."""
    return triage.waiting(work)


@reads(blueprint, "/reception/rooms/<uuid:room_id>", Act.VIEW_RECEPTION, gives=RoomInside)
def show_room(work: Work, room_id: UUID) -> RoomInside:
    """Who sleeps in a room of the account's desks, or is expected."""
    return whereabouts.room(work, room_id)


@reads(blueprint, "/reception/cases/<case_number>", Act.PLACE_PERSON, gives=BedPage)
def show_bed(work: Work, case_number: str) -> BedPage:
    """Where somebody sleeps at the account's sites, and every room with what stands against it."""
    return whereabouts.bed(work, case_number)


@reads(blueprint, "/referrals/<number>/whereabouts", Act.VIEW_WHEREABOUTS, gives=Whereabouts)
def show_whereabouts(work: Work, number: str) -> Whereabouts:
    """Where the person of a referral in care sleeps, and slept."""
    return whereabouts.of_case(work, number)


@writes(
    blueprint,
    "/reception/cases/<case_number>/bed",
    Act.PLACE_PERSON,
    takes=PlaceSchema,
    gives=BedAnswer,
    status=201,
)
def place(work: Work, command: Place) -> BedAnswer:
    """Give beds of a room to somebody and their family, or keep them until they come."""
    beds.place(work, command)
    return BedAnswer(casenumbers.parse(command.case_number))


@writes(
    blueprint,
    "/reception/cases/<case_number>/arrived",
    Act.PLACE_PERSON,
    takes=ArriveSchema,
    gives=BedAnswer,
)
def arrive(work: Work, command: Arrive) -> BedAnswer:
    """Say that somebody for whom a bed is kept has come."""
    beds.arrive(work, command)
    return BedAnswer(casenumbers.parse(command.case_number))


@writes(
    blueprint,
    "/reception/cases/<case_number>/left",
    Act.PLACE_PERSON,
    takes=LeaveSchema,
    gives=BedAnswer,
)
def leave(work: Work, command: Leave) -> BedAnswer:
    """Say that somebody sleeps there no more, or will not come."""
    beds.leave(work, command)
    return BedAnswer(casenumbers.parse(command.case_number))


@writes(
    blueprint,
    "/reception/sites",
    Act.KEEP_SITES,
    takes=AddSiteSchema,
    gives=MadeAnswer,
    status=201,
)
def add_site(work: Work, command: AddSite) -> MadeAnswer:
    """A new site of one of the account's desks."""
    return MadeAnswer(sites.add_site(work, command))


@writes(
    blueprint,
    "/reception/sites/<uuid:site_id>/rooms",
    Act.KEEP_SITES,
    takes=AddRoomSchema,
    gives=MadeAnswer,
    status=201,
)
def add_room(work: Work, command: AddRoom) -> MadeAnswer:
    """A new room of a site."""
    return MadeAnswer(sites.add_room(work, command))


@writes(
    blueprint,
    "/reception/rooms/<uuid:room_id>",
    Act.KEEP_SITES,
    takes=KeepRoomSchema,
    match="version",
    gives=MadeAnswer,
)
def keep_room(work: Work, command: KeepRoom) -> MadeAnswer:
    """Change a room: beds, out of use and why, for whom, open or shut."""
    sites.keep_room(work, command)
    return MadeAnswer(command.room_id)


@writes(
    blueprint,
    "/reception/rooms/<uuid:room_id>/overfull",
    Act.ALLOW_OVERFULL,
    takes=AllowOverfullSchema,
    match="version",
    gives=RoomShown,
)
def allow_overfull(work: Work, command: AllowOverfull) -> RoomShown:
    """Let a room of the supervisor's agency take more people than beds, for some days; 0 ends it."""
    overfull.allow_overfull(work, command)
    return overfull.room_to_allow(work, command.room_id)


@reads(blueprint, "/referrals/<number>/ways", Act.PLAN_WAY_ON, gives=WaysOn)
def list_ways(work: Work, number: str) -> WaysOn:
    """What is recorded of how it may go on; `shut`: why a return cannot be recorded now."""
    return ways_on.of_case(work, number)


@writes(
    blueprint,
    "/referrals/<number>/ways",
    Act.PLAN_WAY_ON,
    takes=RecordWaySchema,
    gives=WayAnswer,
    status=201,
)
def record_way(work: Work, command: RecordWay) -> WayAnswer:
    """Record what was offered, that somebody moves on, a solution, or a return, which opens last of all."""
    ways_on.record(work, command)
    return WayAnswer(command.number, command.kind)
